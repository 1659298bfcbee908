// CustomMatMulF16: every kernel of its table against the oracle, bit by bit, with every buffer ending at an unmapped
// page; the choice of kernels; what is refused.
#include <gtest/gtest.h>

#include <cfenv>

#include "bitmatmul/nbits.h"
#include "f16_matmul.h"
#include "f16_problems.h"
#include "float_mode.h"
#include "guarded_buffer.h"
#include "kernel_checks.h"

namespace bitmatmul::test {
namespace {

// Runs a kernel. Empty where all bits are the oracle's.
std::string RunAndCompare(const F16Problem& problem, const F16Kernel& kernel) {
  const GuardedBuffer<uint16_t> weights(problem.weights);
  const GuardedBuffer<float> x(problem.x);
  const GuardedBuffer<float> y(static_cast<size_t>(problem.m * problem.spec.n));
  bitmatmul_f16_problem view = problem.View();
  view.weights = weights.data();
  char error[512] = "";
  if (bitmatmul_f16_check_problem(&view, error, sizeof(error)) != BITMATMUL_OK) return error;
  F16MatMul matmul(view, kernel, problem.m);
  matmul.Bind(nullptr, x.data(), y.data());
  RunTasks(&matmul);
  return CompareRows(problem.spec.n, F16Oracle(problem), y.data());
}

class F16KernelTest : public testing::TestWithParam<int32_t> {
 protected:
  void SetUp() override {
    const std::string why = WhyNotTested(F16KernelAt(GetParam()).info);
    if (!why.empty()) GTEST_SKIP() << why;
  }

  void Check(int64_t m, int64_t n, int64_t k) {
    const F16Problem problem = MakeF16Problem({n, k}, m, random_);
    const std::string difference = RunAndCompare(problem, F16KernelAt(GetParam()));
    ASSERT_TRUE(difference.empty()) << difference << Replay(F16KernelAt(GetParam()).info, problem.Describe());
  }

  std::mt19937_64 random_{TestSeed()};
};

TEST_P(F16KernelTest, EdgesOfK) {
  for (int64_t k = 1; k <= 100; ++k) {
    Check(1, 6, k);
    Check(2, 3, k);
  }
  for (const int64_t k : {127, 128, 129, 1000, 4099}) Check(3, 5, k);
}

TEST_P(F16KernelTest, EdgesOfN) {
  for (int64_t n = 1; n <= 34; ++n) {
    Check(1, n, 100);
    Check(5, n, 70);
  }
}

TEST_P(F16KernelTest, AnyM) {
  for (int64_t m = 0; m <= 33; ++m) Check(m, 11, 85);
}

TEST_P(F16KernelTest, SeveralTasksAndPasses) {
  Check(1, 4111, 1030);
  Check(40, 70, 9000);
  Check(150, 300, 1000);
}

TEST_P(F16KernelTest, ModesOfTheThreadDoNotMatterAndStay) {
  const F16Problem problem = MakeF16Problem({40, 100}, 7, random_);
  ASSERT_EQ(0, std::fesetround(FE_UPWARD));
#if defined(__x86_64__)
  const unsigned rounding = _mm_getcsr();
  _mm_setcsr(rounding | 0x8040u);  // flushes denormals
#elif defined(__aarch64__)
  uint64_t rounding, found;
  asm volatile("mrs %0, fpcr" : "=r"(rounding));
  asm volatile("msr fpcr, %0" ::"r"(rounding | 0x5000000));  // flushes denormals, and float16 is not IEEE's
#endif
  bitmatmul_f16_problem view = problem.View();
  F16MatMul matmul(view, F16KernelAt(GetParam()), problem.m);
  std::vector<float> y(static_cast<size_t>(problem.m * problem.spec.n));
  matmul.Bind(nullptr, problem.x.data(), y.data());
  RunTasks(&matmul);
#if defined(__x86_64__)
  EXPECT_EQ((rounding | 0x8040u) & ~0x3fu, _mm_getcsr() & ~0x3fu);  // but for what has happened
  _mm_setcsr(rounding);
#elif defined(__aarch64__)
  asm volatile("mrs %0, fpcr" : "=r"(found));
  asm volatile("msr fpcr, %0" ::"r"(rounding));
  EXPECT_EQ(rounding | 0x5000000, found);
#endif
  EXPECT_EQ(FE_UPWARD, std::fegetround());
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ("", CompareRows(problem.spec.n, F16Oracle(problem), y.data())) << problem.Describe();
}

INSTANTIATE_TEST_SUITE_P(Kernels, F16KernelTest, testing::Range(0, bitmatmul_f16_kernel_count()),
                         [](const testing::TestParamInfo<int32_t>& kernel) {
                           return std::string(F16KernelAt(kernel.param).info.name);
                         });

std::string Choose(uint64_t features, const char* isas) {
  return ChosenName(bitmatmul_f16_choose_kernel, F16KernelAt, features, isas);
}

TEST(F16Dispatch, TakesTheFirstThatRuns) {
  EXPECT_EQ("scalar_f16", Choose(0, nullptr));
#if defined(BITMATMUL_X86_64)
  const uint64_t haswell = BITMATMUL_FEATURE_AVX2 | BITMATMUL_FEATURE_FMA | BITMATMUL_FEATURE_F16C;
  EXPECT_EQ("avx2_f16", Choose(haswell, ""));
  EXPECT_EQ("scalar_f16", Choose(BITMATMUL_FEATURE_AVX2 | BITMATMUL_FEATURE_FMA, ""));
  EXPECT_EQ("scalar_f16", Choose(BITMATMUL_FEATURE_AVX2 | BITMATMUL_FEATURE_F16C, ""));
  EXPECT_EQ("avx512_vnni_f16", Choose(~uint64_t{0}, nullptr));
#elif defined(BITMATMUL_ARM64)
  EXPECT_EQ("neon_f16", Choose(BITMATMUL_FEATURE_NEON, ""));
  EXPECT_EQ("neon_dotprod_f16", Choose(~uint64_t{0}, nullptr));
#endif
}

TEST(F16Dispatch, AListIsTakenAtItsWord) {
  EXPECT_EQ("scalar_f16", Choose(~uint64_t{0}, "scalar"));
  EXPECT_NE(std::string::npos, Choose(~uint64_t{0}, "scalar,sse9").find("found unknown name 'sse9'"));
#if defined(BITMATMUL_X86_64)
  EXPECT_NE(std::string::npos, Choose(0, "scalar,avx2").find("which this CPU cannot run"));
  EXPECT_EQ("avx2_f16", Choose(~uint64_t{0}, "amx,avx2"));
  // The CPU has what the name says, and not what floats need besides.
  EXPECT_EQ("scalar_f16", Choose(BITMATMUL_FEATURE_AVX2, "avx2,scalar"));
  EXPECT_NE(std::string::npos,
            Choose(BITMATMUL_FEATURE_AVX2, "avx2")
                .find("found 'avx2', which has no kernel for CustomMatMulF16; these have one: scalar"));
#endif
}

// A list that one op's kernels run with is one that the other's do.
TEST(F16Dispatch, ItsInstructionSetsAreThoseOfNBits) {
  ASSERT_EQ(bitmatmul_nbits_kernel_count(), bitmatmul_f16_kernel_count());
  for (int32_t i = 0; i < bitmatmul_f16_kernel_count(); ++i) {
    bitmatmul_op_kernel_info other;
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_nbits_kernel_get(i, &other));
    bitmatmul_op_kernel_info info;
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_f16_kernel_get(i, &info));
    EXPECT_STREQ(other.isa, info.isa);
    EXPECT_EQ(other.features, info.features & ~uint64_t{BITMATMUL_FEATURE_FMA | BITMATMUL_FEATURE_F16C}) << info.isa;
  }
  bitmatmul_op_kernel_info none;
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_f16_kernel_get(bitmatmul_f16_kernel_count(), &none));
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_f16_kernel_get(-1, &none));
}

std::string SpecError(const bitmatmul_f16_spec& spec) { return ErrorOf(bitmatmul_f16_check_spec, spec); }

TEST(F16Check, NamesTheAttribute) {
  EXPECT_EQ("", SpecError({INT32_MAX, BITMATMUL_F16_MAX_K}));
  EXPECT_EQ("attribute N: found 0, wanted 1..2147483647", SpecError({0, 1}));
  EXPECT_EQ("attribute K: found -1, wanted 1..1073741824", SpecError({1, -1}));
  EXPECT_EQ("attribute K: found 1073741825, wanted 1..1073741824", SpecError({1, BITMATMUL_F16_MAX_K + int64_t{1}}));
}

TEST(F16Check, NamesTheInput) {
  std::mt19937_64 random{TestSeed()};
  char error[512];
  F16Problem p = MakeF16Problem({3, 32}, 1, random);
  bitmatmul_f16_problem view = p.View();
  --view.weight_count;
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_f16_check_problem(&view, error, sizeof(error)));
  EXPECT_STREQ("input W: found 95 elements, wanted 96", error);
  view = p.View();
  float y[3] = {7, 7, 7};
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT,
            bitmatmul_f16_matmul(&view, nullptr, p.x.data(), 31, 1, y, 3, error, sizeof(error)));
  EXPECT_STREQ("X: found 31 elements, wanted 32", error);
  EXPECT_EQ(7, y[0]);
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_f16_matmul(&view, nullptr, p.x.data(), 32, 1, y, 3, error, sizeof(error)));
  EXPECT_EQ("", CompareRows(3, F16Oracle(p), y));
}

}  // namespace
}  // namespace bitmatmul::test
