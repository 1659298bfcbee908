#include "team.h"

namespace bitmatmul::bench {
namespace {

// Waits without a system call for some milliseconds, then lets others run.
template <class Condition>
void SpinUntil(Condition condition) {
  for (int64_t i = 0; !condition(); ++i) {
    if (i > 1000000) std::this_thread::yield();
  }
}

}  // namespace

Team::Team(int threads) {
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this, i] { Work(i); });
}

Team::~Team() {
  stop_ = true;
  generation_.fetch_add(1);
  for (std::thread& worker : workers_) worker.join();
}

void Team::Work(int thread) {
  for (uint64_t seen = 0;;) {
    SpinUntil([&] { return generation_.load(std::memory_order_acquire) != seen; });
    seen = generation_.load(std::memory_order_acquire);
    if (stop_) return;
    (*work_)(thread);
    busy_.fetch_sub(1, std::memory_order_release);
  }
}

void Team::OnEach(const std::function<void(int)>& work) {
  work_ = &work;
  busy_.store(static_cast<int>(workers_.size()));
  generation_.fetch_add(1, std::memory_order_release);
  work(0);
  SpinUntil([&] { return busy_.load(std::memory_order_acquire) == 0; });
}

void Team::ParallelFor(int64_t count, const std::function<void(int64_t)>& task) {
  if (count <= 1 || workers_.empty()) {
    for (int64_t i = 0; i < count; ++i) task(i);
    return;
  }
  std::atomic<int64_t> next{0};
  OnEach([&](int) {
    for (int64_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) task(i);
  });
}

}  // namespace bitmatmul::bench
