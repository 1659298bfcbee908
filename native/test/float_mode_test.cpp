// A thread may have been set to flush denormals (ONNX Runtime's session.set_denormal_as_zero) or to round otherwise.
#include "float_mode.h"

#include <gtest/gtest.h>

#include <cfenv>

#include "problems.h"

namespace bitmatmul::test {
namespace {

// Results that are denormal numbers.
Problem DenormalProblem() {
  std::mt19937_64 random{TestSeed()};
  Problem problem = MakeProblem({40, 100, BITMATMUL_TERNARY16, BITMATMUL_INT8, 0}, 3, Fill::kRandom, random);
  for (float& scale : problem.scale) scale *= 1e-38f;
  for (float& bias : problem.bias) bias = 0;
  return problem;
}

std::vector<float> Compute(const Problem& problem) {
  const bitmatmul_problem view = problem.View();
  std::vector<float> y(static_cast<size_t>(problem.m * problem.spec.n));
  char error[256];
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_matmul(&view, nullptr, problem.x.data(), static_cast<int64_t>(problem.x.size()),
                                           problem.m, y.data(), static_cast<int64_t>(y.size()), error, sizeof(error)))
      << error;
  return y;
}

TEST(FloatMode, RoundingOfTheThreadDoesNotMatterAndStays) {
  const Problem problem = DenormalProblem();
  const std::vector<float> wanted = Oracle(problem);
  ASSERT_EQ(0, std::fesetround(FE_UPWARD));
  const std::vector<float> y = Compute(problem);
  const int mode = std::fegetround();
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(FE_UPWARD, mode);
  EXPECT_EQ("", CompareBits(problem, wanted, y.data())) << problem.Describe();
}

#if defined(__x86_64__) || defined(_M_X64)
TEST(FloatMode, FlushingOfDenormalsDoesNotMatterAndStays) {
  const Problem problem = DenormalProblem();
  const std::vector<float> wanted = Oracle(problem);
  const unsigned saved = _mm_getcsr();
  const unsigned flushing = saved | 0x8040u;
  _mm_setcsr(flushing);
  const std::vector<float> y = Compute(problem);
  const unsigned mode = _mm_getcsr();
  _mm_setcsr(saved);
  EXPECT_EQ(flushing & 0xE040u, mode & 0xE040u);
  EXPECT_EQ("", CompareBits(problem, wanted, y.data())) << problem.Describe();
}
#endif

}  // namespace
}  // namespace bitmatmul::test
