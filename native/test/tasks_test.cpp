// The pieces of one product on several threads at once, in any order.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "bitmatmul/cpu_info.h"
#include "dispatch.h"
#include "matmul.h"
#include "problems.h"

namespace bitmatmul::test {
namespace {

template <class Task>
void RunOnThreads(int threads, int64_t count, const Task& task) {
  std::atomic<int64_t> next{0};
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      // From the last to the first: nothing may rely on the order.
      for (int64_t index = next++; index < count; index = next++) task(count - 1 - index);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

class TasksTest : public testing::TestWithParam<int> {};

TEST_P(TasksTest, AnyNumberOfThreadsGivesTheSameBits) {
  std::mt19937_64 random{TestSeed()};
  for (const int64_t m : {1, 7, 130, 330}) {
    const Problem problem = MakeProblem({1000, 1100, BITMATMUL_TERNARY16, BITMATMUL_INT8, 0}, m, Fill::kRandom, random);
    const bitmatmul_problem view = problem.View();
    const int32_t kernel = bitmatmul_choose_kernel(&problem.spec, m, bitmatmul_cpu_features(), nullptr, nullptr, 0);
    MatMul matmul(view, KernelAt(kernel), m);
    EXPECT_GT(matmul.MultiplyTasks(), 1) << problem.Describe();
    std::vector<uint8_t> scratch(matmul.ScratchBytes());
    std::vector<float> y(static_cast<size_t>(m * problem.spec.n), -1.0f);
    matmul.Bind(scratch.data(), problem.x.data(), y.data());
    RunOnThreads(GetParam(), matmul.QuantizeTasks(), [&](int64_t task) { matmul.QuantizeTask(task); });
    RunOnThreads(GetParam(), matmul.MultiplyTasks(), [&](int64_t task) { matmul.MultiplyTask(task); });
    const std::string difference = CompareBits(problem, Oracle(problem), y.data());
    EXPECT_TRUE(difference.empty()) << difference << "\n" << GetParam() << " threads, " << problem.Describe();
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, TasksTest, testing::Values(1, 2, 4));

TEST(Tasks, ASmallNodeIsNotShared) {
  std::mt19937_64 random{TestSeed()};
  const Problem problem = MakeProblem({480, 1024, BITMATMUL_TERNARY16, BITMATMUL_INT8, 0}, 1, Fill::kRandom, random);
  const bitmatmul_problem view = problem.View();
  const MatMul matmul(view, KernelAt(0), 1);
  EXPECT_EQ(1, matmul.QuantizeTasks());
  EXPECT_EQ(1, matmul.MultiplyTasks());
}

TEST(Tasks, NoRowsAreNoWork) {
  std::mt19937_64 random{TestSeed()};
  const Problem problem = MakeProblem({64, 256, BITMATMUL_TERNARY16, BITMATMUL_INT8, 0}, 0, Fill::kRandom, random);
  const bitmatmul_problem view = problem.View();
  const MatMul matmul(view, KernelAt(0), 0);
  EXPECT_EQ(0, matmul.QuantizeTasks());
  EXPECT_EQ(0, matmul.MultiplyTasks());
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_matmul(&view, nullptr, nullptr, 0, 0, nullptr, 0, nullptr, 0));
}

}  // namespace
}  // namespace bitmatmul::test
