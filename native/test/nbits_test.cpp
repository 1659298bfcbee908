// CustomMatMulNBits: every kernel of its table against the oracle, bit by bit, with every buffer ending at an unmapped
// page; the choice of kernels; what is refused.
#include <gtest/gtest.h>

#include <cmath>

#include "dispatch.h"
#include "guarded_buffer.h"
#include "kernel_checks.h"
#include "nbits_matmul.h"
#include "nbits_problems.h"

namespace bitmatmul::test {
namespace {

struct NBitsCase {
  int32_t kernel;
  int32_t bits;
  int32_t block_size;
};

std::vector<NBitsCase> AllCases() {
  std::vector<NBitsCase> cases;
  for (int32_t kernel = 0; kernel < bitmatmul_nbits_kernel_count(); ++kernel) {
    for (const int32_t bits : {8, 4}) {
      for (const int32_t block_size : {0, 16, 32, 64, 128, 256}) cases.push_back({kernel, bits, block_size});
    }
  }
  return cases;
}

std::string CaseName(const testing::TestParamInfo<NBitsCase>& info) {
  return std::string(NBitsKernelAt(info.param.kernel).info.name) + "_" + std::to_string(info.param.bits) + "_block" +
         std::to_string(info.param.block_size);
}

class NBitsKernelTest : public testing::TestWithParam<NBitsCase> {
 protected:
  void SetUp() override {
    const std::string why = WhyNotTested(NBitsKernelAt(GetParam().kernel).info);
    if (!why.empty()) GTEST_SKIP() << why;
  }

  void Check(int64_t m, int64_t n, int64_t k, bool extreme) {
    const NBitsCase& c = GetParam();
    const NBitsProblem problem = MakeNBitsProblem({n, k, c.bits, c.block_size}, m, extreme, random_);
    const GuardedBuffer<uint8_t> weights(problem.weights);
    const GuardedBuffer<float> scale(problem.scale), x(problem.x);
    bitmatmul_nbits_problem view = problem.View();
    view.weights = weights.data();
    view.scale = scale.data();
    char error[512] = "";
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_nbits_check_problem(&view, error, sizeof(error))) << error;
    NBitsMatMul matmul(view, NBitsKernelAt(c.kernel), m);
    const GuardedBuffer<uint8_t> scratch(matmul.ScratchBytes());
    memset(scratch.data(), 0x7f, scratch.size());
    const GuardedBuffer<float> y(static_cast<size_t>(m * n));
    matmul.Bind(scratch.data(), x.data(), y.data());
    RunTasks(&matmul);
    const std::string difference = CompareBits(problem, NBitsOracle(problem), y.data());
    ASSERT_TRUE(difference.empty()) << difference << Replay(NBitsKernelAt(c.kernel).info, problem.Describe());
  }

  // K of that many columns, or the next that the case allows.
  static int64_t Allowed(int64_t k) {
    const NBitsCase& c = GetParam();
    const int64_t step = c.block_size > 0 ? c.block_size : c.bits == 4 ? 2 : 1;
    return (k + step - 1) / step * step;
  }

  std::mt19937_64 random_{TestSeed()};
};

TEST_P(NBitsKernelTest, EdgesOfK) {
  for (const int64_t k : {1, 2, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300, 511, 513}) {
    Check(1, 5, Allowed(k), false);
    Check(2, 3, Allowed(k), false);
  }
}

TEST_P(NBitsKernelTest, EdgesOfN) {
  for (int64_t n = 1; n <= 18; ++n) Check(1, n, Allowed(100), false);
  for (const int64_t n : {1, 4, 7, 33}) Check(5, n, Allowed(70), false);
}

TEST_P(NBitsKernelTest, AnyM) {
  for (int64_t m = 0; m <= 17; ++m) Check(m, 7, Allowed(96), false);
  Check(33, 6, Allowed(200), false);
}

TEST_P(NBitsKernelTest, SeveralTasksAndPasses) {
  Check(1, 1030, Allowed(1030), false);
  Check(40, 70, Allowed(9000), false);
}

TEST_P(NBitsKernelTest, LargestSums) {
  Check(3, 5, Allowed(256), true);
  Check(3, 2, Allowed(4100), true);
  Check(3, 2, Allowed(8200), true);
  const int64_t step = Allowed(1);
  Check(3, 2, BITMATMUL_NBITS_MAX_K / step * step, true);
}

INSTANTIATE_TEST_SUITE_P(Kernels, NBitsKernelTest, testing::ValuesIn(AllCases()), CaseName);

std::string Choose(uint64_t features, const char* isas) {
  return ChosenName(bitmatmul_nbits_choose_kernel, NBitsKernelAt, features, isas);
}

TEST(NBitsDispatch, TakesTheFirstThatRuns) {
  EXPECT_EQ("scalar_nbits", Choose(0, nullptr));
#if defined(BITMATMUL_X86_64)
  EXPECT_EQ("avx2_nbits", Choose(BITMATMUL_FEATURE_AVX2, ""));
  EXPECT_EQ("avx512_vnni_nbits", Choose(~uint64_t{0}, nullptr));
#elif defined(BITMATMUL_ARM64)
  EXPECT_EQ("neon_nbits", Choose(BITMATMUL_FEATURE_NEON, ""));
  EXPECT_EQ("neon_dotprod_nbits", Choose(~uint64_t{0}, nullptr));
#endif
}

TEST(NBitsDispatch, AListIsTakenAtItsWord) {
  EXPECT_EQ("scalar_nbits", Choose(~uint64_t{0}, "scalar"));
  EXPECT_NE(std::string::npos, Choose(~uint64_t{0}, "scalar,sse9").find("found unknown name 'sse9'"));
#if defined(BITMATMUL_X86_64)
  EXPECT_NE(std::string::npos, Choose(0, "scalar,avx2").find("which this CPU cannot run"));
  EXPECT_EQ("avx2_nbits", Choose(~uint64_t{0}, "amx,avx2"));
  EXPECT_NE(std::string::npos, Choose(~uint64_t{0}, "amx")
                                   .find("found 'amx', which has no kernel for CustomMatMulNBits; these have one: "
                                         "avx512_vnni avx_vnni avx2 scalar"));
#endif
}

// A list is checked against the table of the other op.
TEST(NBitsDispatch, ItsInstructionSetsAreThoseOfTheOtherOp) {
  for (int32_t i = 0; i < bitmatmul_nbits_kernel_count(); ++i) {
    const bitmatmul_op_kernel_info& info = NBitsKernelAt(i).info;
    bool found = false;
    for (int32_t j = 0; j < bitmatmul_kernel_count(); ++j) {
      const bitmatmul_kernel_info& other = KernelAt(j).info;
      found |= strcmp(info.isa, other.isa) == 0 && info.features == other.features;
    }
    EXPECT_TRUE(found) << info.isa;
  }
}

std::string SpecError(const bitmatmul_nbits_spec& spec) { return ErrorOf(bitmatmul_nbits_check_spec, spec); }

TEST(NBitsCheck, NamesTheAttribute) {
  EXPECT_EQ("", SpecError({1, BITMATMUL_NBITS_MAX_K, 8, 0}));
  EXPECT_EQ("", SpecError({1, 32, 4, 16}));
  EXPECT_EQ("attribute N: found 0, wanted 1..2147483647", SpecError({0, 1, 8, 0}));
  EXPECT_EQ("attribute K: found 132105, wanted 1..132104", SpecError({1, 132105, 8, 0}));
  EXPECT_EQ("attribute bits: found 2, wanted 8 or 4", SpecError({1, 16, 2, 0}));
  EXPECT_EQ("attribute K: found 5, wanted an even number where bits is 4", SpecError({1, 5, 4, 0}));
  EXPECT_EQ("attribute block_size: found 48, wanted 0, 16, 32, 64, 128 or 256", SpecError({1, 48, 8, 48}));
  EXPECT_EQ("attribute block_size: found 512, wanted 0, 16, 32, 64, 128 or 256", SpecError({1, 512, 8, 512}));
  EXPECT_EQ("attribute block_size: found -16, wanted 0, 16, 32, 64, 128 or 256", SpecError({1, 16, 8, -16}));
  EXPECT_EQ("attribute K: found 40, wanted a multiple of block_size 16", SpecError({1, 40, 8, 16}));
}

TEST(NBitsCheck, NamesTheInput) {
  std::mt19937_64 random{TestSeed()};
  char error[512];
  NBitsProblem p = MakeNBitsProblem({3, 32, 4, 16}, 1, false, random);
  p.weights.pop_back();
  bitmatmul_nbits_problem view = p.View();
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_nbits_check_problem(&view, error, sizeof(error)));
  EXPECT_STREQ("input W: found 47 elements, wanted 48", error);
  p.weights.push_back(0);
  p.scale[5] = INFINITY;
  view = p.View();
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_nbits_check_problem(&view, error, sizeof(error)));
  EXPECT_STREQ("input scale: found inf at element 5, wanted finite values", error);
  p.scale.pop_back();
  view = p.View();
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_nbits_check_problem(&view, error, sizeof(error)));
  EXPECT_STREQ("input scale: found 5 elements, wanted 6", error);
  p.scale.push_back(1);
  view = p.View();
  float y[3] = {7, 7, 7};
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT,
            bitmatmul_nbits_matmul(&view, nullptr, p.x.data(), 31, 1, y, 3, error, sizeof(error)));
  EXPECT_STREQ("X: found 31 elements, wanted 32", error);
  EXPECT_EQ(7, y[0]);
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_nbits_matmul(&view, nullptr, p.x.data(), 32, 1, y, 3, error, sizeof(error)));
  EXPECT_EQ("", CompareBits(p, NBitsOracle(p), y));
}

}  // namespace
}  // namespace bitmatmul::test
