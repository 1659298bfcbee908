#include "team.h"

#if defined(__linux__)
#include <sched.h>
#endif

namespace bitmatmul::bench {
namespace {

// Waits without a system call for some milliseconds, then lets others run.
template <class Condition>
void SpinUntil(Condition condition) {
  for (int64_t i = 0; !condition(); ++i) {
    if (i > 1000000) std::this_thread::yield();
  }
}

#if defined(__linux__)
std::vector<int> OwnCpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cpus;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

void KeepTo(const std::vector<int>& cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int cpu : cpus) CPU_SET(cpu, &set);
  if (!cpus.empty()) sched_setaffinity(0, sizeof(set), &set);
}
#else
std::vector<int> OwnCpus() { return {}; }
void KeepTo(const std::vector<int>&) {}
#endif

}  // namespace

Team::Team(int threads) : callers_cpus_(OwnCpus()), shares_(static_cast<size_t>(threads)) {
  const std::vector<int>& cpus = callers_cpus_;
  const bool enough = cpus.size() >= static_cast<size_t>(threads);
  for (int i = 1; i < threads; ++i) {
    workers_.emplace_back([this, i, cpus, enough] {
      if (enough) KeepTo({cpus[static_cast<size_t>(i)]});
      Work(i);
    });
  }
  if (enough) KeepTo({cpus[0]});
}

Team::~Team() {
  stop_ = true;
  generation_.fetch_add(1);
  for (std::thread& worker : workers_) worker.join();
  KeepTo(callers_cpus_);
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

void Team::ParallelFor(int64_t count, const std::function<void(int64_t)>& run) {
  if (count <= 1 || workers_.empty()) {
    for (int64_t i = 0; i < count; ++i) run(i);
    return;
  }
  const int64_t shares = static_cast<int64_t>(shares_.size());
  for (int64_t i = 0; i < shares; ++i) {
    shares_[static_cast<size_t>(i)].next = i * count / shares;
    shares_[static_cast<size_t>(i)].end = (i + 1) * count / shares;
  }
  OnEach([&](int thread) {
    for (size_t i = 0; i < shares_.size(); ++i) {
      Share& share = shares_[(static_cast<size_t>(thread) + i) % shares_.size()];
      for (int64_t task = share.next.fetch_add(1); task < share.end; task = share.next.fetch_add(1)) run(task);
    }
  });
}

}  // namespace bitmatmul::bench
