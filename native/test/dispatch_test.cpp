// Which kernel is chosen, on this CPU and on made-up ones, and what an override is told.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <set>
#include <string>

#include "bitmatmul/bitmatmul.h"

namespace {

constexpr uint64_t kNone = 0;
constexpr uint64_t kHaswell = BITMATMUL_FEATURE_AVX2;
constexpr uint64_t kSkylakeX = kHaswell | BITMATMUL_FEATURE_AVX512;
constexpr uint64_t kIceLake = kSkylakeX | BITMATMUL_FEATURE_AVX512_VNNI;
constexpr uint64_t kPopcount = kSkylakeX | BITMATMUL_FEATURE_AVX512_VPOPCNTDQ;
constexpr uint64_t kSapphireRapids = kIceLake | BITMATMUL_FEATURE_AVX512_VBMI | BITMATMUL_FEATURE_AMX_INT8;
constexpr uint64_t kAll = ~uint64_t{0};

const bitmatmul_spec kTernary{6912, 2560, BITMATMUL_TERNARY16, BITMATMUL_INT8, 0};
const bitmatmul_spec kTernaryDense{6912, 2560, BITMATMUL_TERNARY20, BITMATMUL_INT8, 0};
const bitmatmul_spec kBlocks{6912, 2560, BITMATMUL_TERNARY16, BITMATMUL_INT8, 64};
const bitmatmul_spec kBinary{6912, 2560, BITMATMUL_BINARY32, BITMATMUL_INT8, 0};
const bitmatmul_spec kSign{6912, 2560, BITMATMUL_TERNARY16, BITMATMUL_SIGN, 0};
const bitmatmul_spec kBits{6912, 2560, BITMATMUL_BINARY32, BITMATMUL_SIGN, 0};

// The chosen kernel's name, or the error.
std::string Choice(const bitmatmul_spec& spec, uint64_t features, const char* isas, int64_t m = 1) {
  char error[512] = "";
  const int32_t index = bitmatmul_choose_kernel(&spec, m, features, isas, error, sizeof(error));
  bitmatmul_kernel_info info{};
  return bitmatmul_kernel_get(index, &info) == BITMATMUL_OK ? info.name : std::string("error: ") + error;
}

TEST(Dispatch, ScalarTakesWhateverNoOtherDoes) {
  for (const int64_t m : {0, 1, 2, 512}) {
    EXPECT_EQ("scalar_any", Choice(kTernary, kNone, nullptr, m));
    EXPECT_EQ("scalar_any", Choice(kBlocks, kNone, nullptr, m));
    EXPECT_EQ("scalar_any", Choice(kBinary, kNone, nullptr, m));
    EXPECT_EQ("scalar_any", Choice(kSign, kNone, "", m));
  }
}

#if defined(BITMATMUL_X86_64)
TEST(Dispatch, TakesTheBestThatTheFeaturesAllow) {
  EXPECT_EQ("avx2_any", Choice(kTernary, kHaswell, nullptr));
  EXPECT_EQ("avx2_any", Choice(kTernary, kSkylakeX, nullptr));
  EXPECT_EQ("avx512_vnni_any", Choice(kTernary, kIceLake, nullptr));
  EXPECT_EQ("avx_vnni_any", Choice(kTernary, kHaswell | BITMATMUL_FEATURE_AVX_VNNI, nullptr));
  EXPECT_EQ("avx2_binary32_sign", Choice(kBits, kHaswell, nullptr));
  EXPECT_EQ("avx512_vpopcntdq_binary32_sign", Choice(kBits, kPopcount, nullptr));
  // VNNI alone is not enough: the system must keep the registers.
  EXPECT_EQ("avx2_any", Choice(kTernary, kHaswell | BITMATMUL_FEATURE_AVX512_VNNI, nullptr));
}

TEST(Dispatch, TakesTilesForManyRows) {
  EXPECT_EQ("avx512_vnni_any", Choice(kTernary, kSapphireRapids, nullptr, 1));
  EXPECT_EQ("avx512_vnni_any", Choice(kTernary, kSapphireRapids, nullptr, 2));
  EXPECT_EQ("amx_binary32_ternary16_int8", Choice(kTernary, kSapphireRapids, nullptr, 3));
  EXPECT_EQ("amx_binary32_ternary16_int8", Choice(kTernary, kSapphireRapids, nullptr, 128));
  EXPECT_EQ("avx512_vbmi_ternary20", Choice(kTernaryDense, kSapphireRapids, nullptr, 1));
  EXPECT_EQ("amx_ternary20_int8", Choice(kTernaryDense, kSapphireRapids, nullptr, 2));
  EXPECT_EQ("avx512_vnni_any", Choice(kTernary, kIceLake, nullptr, 128));
  // Where the system does not grant the tiles, the bit is off; tiles without AVX-512 are no use either.
  EXPECT_EQ("avx2_any", Choice(kTernary, kHaswell | BITMATMUL_FEATURE_AMX_INT8, nullptr, 128));
  EXPECT_EQ("amx_binary32_ternary16_int8", Choice(kBinary, kSapphireRapids, nullptr, 128));
  EXPECT_EQ("avx512_vnni_any", Choice(kBlocks, kSapphireRapids, nullptr, 128));
  EXPECT_EQ("amx_binary32_ternary16_int8", Choice(kTernary, kSapphireRapids, "amx", 1))
      << "an override stands above min_m";
}

TEST(Dispatch, TakesTablesForOneRowWhereThatIsFaster) {
  constexpr uint64_t kAlderLake = kHaswell | BITMATMUL_FEATURE_AVX_VNNI;
  EXPECT_EQ("avx2_tables_ternary20_int8", Choice(kTernaryDense, kHaswell, nullptr, 1));
  EXPECT_EQ("avx2_ternary20_int8", Choice(kTernaryDense, kHaswell, nullptr, 2));
  EXPECT_EQ("avx2_tables_binary32_int8", Choice(kBinary, kHaswell, nullptr, 512));
  for (const bitmatmul_spec& spec : {kTernaryDense, kBinary}) {
    EXPECT_EQ("avx_vnni_any", Choice(spec, kAlderLake, nullptr, 1));
  }
  // Of the kernels of an ISA that is forced, M chooses as ever.
  EXPECT_EQ("avx2_tables_ternary20_int8", Choice(kTernaryDense, kAll, "avx2", 1));
  EXPECT_EQ("avx2_ternary20_int8", Choice(kTernaryDense, kAll, "avx2", 2));
}

TEST(Dispatch, AnOverrideRunsThatIsaOnly) {
  EXPECT_EQ("scalar_any", Choice(kTernary, kAll, "scalar"));
  EXPECT_EQ("avx2_any", Choice(kTernary, kAll, "avx2"));
  EXPECT_EQ("avx2_any", Choice(kTernary, kAll, "avx2,avx512_vnni"));
  EXPECT_EQ("avx512_vnni_any", Choice(kTernary, kAll, "avx512_vnni,avx2"));
}

TEST(Dispatch, AnOverrideWithoutAKernelIsAnErrorUnlessTheListGoesOn) {
  EXPECT_EQ(
      "error: ISA list (BITMATMUL_ISA): found 'avx512_vpopcntdq', which has no kernel for packing binary32, activation "
      "int8, block_size 0; these have one: avx2 scalar (add one to the list to allow it)",
      Choice(kBinary, kPopcount, "avx512_vpopcntdq"));
  // avx2 has two kernels for these, and is named once.
  EXPECT_NE(std::string::npos, Choice(kBits, kAll, "avx512_vbmi").find(" avx512_vnni avx2 avx_vnni scalar (add"));
  EXPECT_EQ("scalar_any", Choice(kBinary, kPopcount, "avx512_vpopcntdq,scalar"));
  EXPECT_EQ("scalar_any", Choice(kBlocks, kPopcount, "avx512_vpopcntdq,scalar"));
  EXPECT_EQ("avx512_vpopcntdq_binary32_sign", Choice(kBits, kPopcount, "avx512_vpopcntdq,scalar"));
  EXPECT_EQ("avx2_any", Choice(kTernary, kHaswell, "avx2,scalar"));
}

TEST(Dispatch, AnIsaThatTheCpuLacksIsAnErrorWhereverItStands) {
  const std::string wanted =
      "error: ISA list (BITMATMUL_ISA): found 'avx512_vnni', which this CPU cannot run (it lacks avx512, avx512_vnni); "
      "wanted names among: avx2, scalar";
  EXPECT_EQ(wanted, Choice(kTernary, kHaswell, "avx512_vnni"));
  EXPECT_EQ(wanted, Choice(kTernary, kHaswell, "avx2,avx512_vnni"));
}
#endif

#if defined(BITMATMUL_ARM64)
TEST(Dispatch, TakesTheBestThatTheFeaturesAllow) {
  constexpr uint64_t kCortexA72 = BITMATMUL_FEATURE_NEON;
  constexpr uint64_t kNeoverseN1 = kCortexA72 | BITMATMUL_FEATURE_NEON_DOTPROD;
  constexpr uint64_t kNeoverseV1 = kNeoverseN1 | BITMATMUL_FEATURE_NEON_I8MM;
  for (const bitmatmul_spec& spec : {kTernary, kBlocks, kBinary}) {
    EXPECT_EQ("neon_any", Choice(spec, kCortexA72, nullptr));
    EXPECT_EQ("neon_dotprod_any", Choice(spec, kNeoverseN1, nullptr));
    EXPECT_EQ("neon_dotprod_any", Choice(spec, kNeoverseN1, nullptr, 512));
    // Half of each matrix product would be of no use for a single row.
    EXPECT_EQ("neon_dotprod_any", Choice(spec, kNeoverseV1, nullptr, 1));
    EXPECT_EQ("neon_i8mm_any", Choice(spec, kNeoverseV1, nullptr, 2));
  }
  EXPECT_EQ("neon_binary32_sign", Choice(kBits, kNeoverseV1, nullptr, 512));
  EXPECT_EQ("neon_i8mm_any", Choice(kTernary, kNeoverseV1, "neon_i8mm", 1));
  EXPECT_EQ("neon_any", Choice(kTernary, kNeoverseV1, "neon"));
  EXPECT_EQ(
      "error: ISA list (BITMATMUL_ISA): found 'neon_i8mm', which this CPU cannot run (it lacks neon_i8mm); wanted "
      "names among: neon, neon_dotprod, scalar",
      Choice(kTernary, kNeoverseN1, "neon_i8mm"));
}
#endif

TEST(Dispatch, AnUnknownIsaIsAnErrorWhereverItStands) {
  for (const char* isas : {"sse9", "scalar,sse9", "sse9,scalar"}) {
    EXPECT_EQ(
        "error: ISA list (BITMATMUL_ISA): found unknown name 'sse9', wanted a comma-separated list of names among: "
        "scalar",
        Choice(kTernary, kNone, isas));
  }
  EXPECT_NE(std::string::npos, Choice(kTernary, kNone, "scalar,").find("unknown name ''"));
  EXPECT_NE(std::string::npos, Choice(kTernary, kNone, "SCALAR").find("unknown name 'SCALAR'"));
}

TEST(Dispatch, AWrongSpecIsAnError) {
  bitmatmul_spec spec = kTernary;
  spec.k = 0;
  EXPECT_EQ("error: attribute K: found 0, wanted 1..132104", Choice(spec, kAll, nullptr));
}

TEST(Dispatch, NamesAreUniqueAndFeaturesHaveNames) {
  std::set<std::string> names;
  for (int32_t i = 0; i < bitmatmul_kernel_count(); ++i) {
    bitmatmul_kernel_info info{};
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_kernel_get(i, &info));
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    for (int bit = 0; bit < 64; ++bit) {
      const uint64_t feature = uint64_t{1} << bit;
      EXPECT_TRUE((info.features & feature) == 0 || bitmatmul_feature_name(feature) != nullptr) << info.name;
    }
  }
  bitmatmul_kernel_info info{};
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_kernel_get(-1, &info));
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_kernel_get(bitmatmul_kernel_count(), &info));
}

#if !defined(_WIN32)
class Override : public testing::Test {
 protected:
  void SetUp() override {
    const char* value = getenv("BITMATMUL_ISA");
    if (value != nullptr) before_ = value;
    had_ = value != nullptr;
  }
  void TearDown() override {
    if (had_) {
      setenv("BITMATMUL_ISA", before_.c_str(), 1);
    } else {
      unsetenv("BITMATMUL_ISA");
    }
  }

  // Runs a small product without an isa argument: the status, and the message in `error`.
  int32_t Run(const char* isas) {
    const int32_t weights[16] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    const float one = 1;
    bitmatmul_problem problem{};
    problem.spec = {1, 1, BITMATMUL_TERNARY16, BITMATMUL_INT8, 0};
    problem.weights = weights;
    problem.weight_count = 16;
    problem.scale = &one;
    problem.scale_count = 1;
    y = -1;
    return bitmatmul_matmul(&problem, isas, &one, 1, 1, &y, 1, error, sizeof(error));
  }

  char error[512] = "";
  float y = -1;

 private:
  bool had_ = false;
  std::string before_;
};

TEST_F(Override, TheEnvironmentIsReadAndRefused) {
  setenv("BITMATMUL_ISA", "abacus", 1);
  EXPECT_STREQ("abacus", bitmatmul_isa_override());
  EXPECT_EQ(BITMATMUL_UNSUPPORTED_ISA, Run(nullptr));
  EXPECT_NE(nullptr, strstr(error, "'abacus'")) << error;
  EXPECT_EQ(-1, y) << "Y was written in spite of the error";
  EXPECT_EQ(BITMATMUL_OK, Run("scalar")) << "an argument stands above the environment; " << error;
  EXPECT_EQ(1.0f / 127 * 127, y);
  setenv("BITMATMUL_ISA", "scalar", 1);
  EXPECT_EQ(BITMATMUL_OK, Run(nullptr)) << error;
}

TEST_F(Override, UnsetOrEmptyIsFreeChoice) {
  setenv("BITMATMUL_ISA", "", 1);
  EXPECT_EQ(nullptr, bitmatmul_isa_override());
  unsetenv("BITMATMUL_ISA");
  EXPECT_EQ(nullptr, bitmatmul_isa_override());
  EXPECT_EQ(BITMATMUL_OK, Run(nullptr)) << error;
}
#endif

}  // namespace
