// Threads that wait busily for work, as those of an inference session do between nodes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

namespace bitmatmul::bench {

class Team {
 public:
  // The caller is one of the threads. On Linux each keeps to a CPU of its own where there are enough of them: two that
  // wait for each other on one CPU would measure the scheduler.
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }
  // work(thread) on each thread, thread 0 being the caller; returns when all have returned.
  void OnEach(const std::function<void(int)>& work);
  // run(0) .. run(count - 1). Each thread starts with a contiguous share of its own, takes one task after the other,
  // and then helps others with theirs, as ONNX Runtime's pool does. A single task stays on this thread.
  void ParallelFor(int64_t count, const std::function<void(int64_t)>& run);

 private:
  // Tasks of a thread's share that nobody has taken yet; each on a cache line of its own.
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  void Work(int thread);

  // The CPUs that the caller may run on, when the team is over.
  std::vector<int> callers_cpus_;
  std::vector<Share> shares_;
  std::vector<std::thread> workers_;
  const std::function<void(int)>* work_ = nullptr;
  std::atomic<uint64_t> generation_{0};
  std::atomic<int> busy_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace bitmatmul::bench
