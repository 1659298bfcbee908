// The choice of kernels of CustomGroupQueryAttention, and what is refused.
#include <gtest/gtest.h>

#include "bitmatmul/f16.h"
#include "gqa_dispatch.h"
#include "gqa_problems.h"
#include "kernel_checks.h"

namespace bitmatmul::test {
namespace {

std::string Choose(uint64_t features, const char* isas) {
  return ChosenName(bitmatmul_gqa_choose_kernel, GqaKernelAt, features, isas);
}

TEST(GqaDispatch, TakesTheFirstThatRuns) {
  EXPECT_EQ("scalar_gqa", Choose(0, nullptr));
#if defined(BITMATMUL_X86_64)
  EXPECT_EQ("avx2_gqa", Choose(BITMATMUL_FEATURE_AVX2 | BITMATMUL_FEATURE_FMA, ""));
  EXPECT_EQ("scalar_gqa", Choose(BITMATMUL_FEATURE_AVX2, ""));
  EXPECT_EQ("avx512_vnni_gqa", Choose(~uint64_t{0}, nullptr));
  EXPECT_EQ("avx2_gqa", Choose(~uint64_t{0}, "amx,avx2"));
  EXPECT_NE(std::string::npos,
            Choose(BITMATMUL_FEATURE_AVX2, "avx2")
                .find("found 'avx2', which has no kernel for CustomGroupQueryAttention; these have one: scalar"));
#elif defined(BITMATMUL_ARM64)
  EXPECT_EQ("neon_gqa", Choose(BITMATMUL_FEATURE_NEON, ""));
  EXPECT_EQ("neon_dotprod_gqa", Choose(~uint64_t{0}, nullptr));
#endif
}

// A list that heads' kernels run with is one that attention's do.
TEST(GqaDispatch, ItsInstructionSetsAreThoseOfF16) {
  ASSERT_EQ(bitmatmul_f16_kernel_count(), bitmatmul_gqa_kernel_count());
  for (int32_t i = 0; i < bitmatmul_gqa_kernel_count(); ++i) {
    bitmatmul_op_kernel_info other;
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_f16_kernel_get(i, &other));
    bitmatmul_op_kernel_info info;
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_gqa_kernel_get(i, &info));
    EXPECT_STREQ(other.isa, info.isa);
    EXPECT_EQ(other.features & ~uint64_t{BITMATMUL_FEATURE_F16C}, info.features) << info.isa;
  }
  bitmatmul_op_kernel_info none;
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_gqa_kernel_get(bitmatmul_gqa_kernel_count(), &none));
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_gqa_kernel_get(-1, &none));
}

std::string SpecError(const bitmatmul_gqa_spec& spec) { return ErrorOf(bitmatmul_gqa_check_spec, spec); }

TEST(GqaCheck, NamesTheAttribute) {
  EXPECT_EQ("", SpecError({20, 5, 128, 0.1f}));
  EXPECT_EQ("attribute num_heads: found 0, wanted 1..65536", SpecError({0, 5, 128, 0.1f}));
  EXPECT_EQ("attribute kv_num_heads: found 21, wanted 1..20", SpecError({20, 21, 128, 0.1f}));
  EXPECT_EQ("attribute kv_num_heads: found 3, wanted a divisor of num_heads, 20", SpecError({20, 3, 128, 0.1f}));
  EXPECT_EQ("attribute head_dim: found 528, wanted 1..512", SpecError({20, 5, 528, 0.1f}));
  EXPECT_EQ("attribute head_dim: found 20, wanted a multiple of 16", SpecError({20, 5, 20, 0.1f}));
  EXPECT_EQ("attribute scale: found 0, wanted a finite number above 0", SpecError({20, 5, 128, 0}));
  EXPECT_EQ("attribute scale: found nan, wanted a finite number above 0", SpecError({20, 5, 128, NAN}));
}

class GqaCheckCall : public testing::Test {
 protected:
  // Two rows, three tokens behind five columns.
  GqaCheckCall() {
    std::mt19937_64 random{TestSeed()};
    problem_ = MakeGqaProblem({4, 2, 16, 3, 8, 10, {0, 2}, false}, GqaValues::kUsual, random);
    view_ = problem_.View();
    call_ = problem_.Call();
    y_.resize(2 * 3 * 4 * 16, 7);
    key_.resize(problem_.past_key.size(), 7);
    value_.resize(problem_.past_value.size(), 7);
    call_.y = y_.data();
    call_.y_count = static_cast<int64_t>(y_.size());
    call_.present_key = key_.data();
    call_.present_value = value_.data();
    call_.present_key_count = call_.present_value_count = static_cast<int64_t>(key_.size());
  }

  // Nothing is written where there is an error.
  std::string Error() {
    char error[512] = "";
    const int32_t status = bitmatmul_gqa(&view_, nullptr, &call_, error, sizeof(error));
    EXPECT_EQ(status == BITMATMUL_OK, error[0] == '\0') << error;
    for (const float y : y_) EXPECT_EQ(status == BITMATMUL_OK, y != 7);
    if (status != BITMATMUL_OK) {
      for (const float k : key_) EXPECT_EQ(7, k);
      for (const float v : value_) EXPECT_EQ(7, v);
    }
    return error;
  }

  GqaProblem problem_;
  bitmatmul_gqa_problem view_;
  bitmatmul_gqa_call call_;
  std::vector<float> y_, key_, value_;
};

TEST_F(GqaCheckCall, GoodOneRuns) {
  ASSERT_EQ("", Error());
  const GqaResult wanted = GqaOracle(problem_);
  EXPECT_EQ(wanted.y, y_);
}

TEST_F(GqaCheckCall, Total) {
  call_.total = 2;
  EXPECT_EQ("input total: found 2, wanted 3..11 (new tokens up to the rows of cos and sin)", Error());
  call_.total = 12;
  EXPECT_EQ("input total: found 12, wanted 3..11 (new tokens up to the rows of cos and sin)", Error());
}

TEST_F(GqaCheckCall, Past) {
  call_.past_capacity = 4;
  EXPECT_EQ("columns of past_key and past_value: found 4, wanted 5..2147483647 (total less new tokens, or more)",
            Error());
  call_.past_capacity = 9;
  EXPECT_EQ("input past_key: found 640 elements, wanted 576", Error());
  call_ = problem_.Call();
  call_.past_value = nullptr;
  EXPECT_EQ("input past_value: found NULL, wanted 640 elements", Error());
}

TEST_F(GqaCheckCall, QueryKeyValue) {
  call_.query_count = 383;
  EXPECT_EQ("input query: found 383 elements, wanted 384", Error());
  call_ = problem_.Call();
  call_.key = nullptr;
  EXPECT_EQ("input key: found NULL, wanted 192 elements", Error());
  call_.value = nullptr;
  EXPECT_EQ("input query: found 384 elements, wanted 768", Error());
}

TEST_F(GqaCheckCall, Padding) {
  const int64_t padding[] = {0, 9};
  call_.padding = padding;
  EXPECT_EQ("input padding: found 9 at element 1, wanted 0..8 (total)", Error());
  call_.padding_count = 1;
  EXPECT_EQ("input padding: found 1 elements, wanted 2", Error());
}

TEST_F(GqaCheckCall, Tables) {
  --view_.cos_count;
  EXPECT_EQ("input cos: found 87 elements, wanted 88", Error());
  view_ = problem_.View();
  view_.sin = nullptr;
  EXPECT_EQ("input sin: found NULL, wanted 88 elements", Error());
  view_.positions = 0;
  EXPECT_EQ("rows of cos and sin: found 0, wanted 1..2147483647", Error());
}

TEST_F(GqaCheckCall, Outputs) {
  ++call_.y_count;
  EXPECT_EQ("Y: found 385 elements, wanted 384", Error());
  --call_.y_count;
  --call_.present_value_count;
  EXPECT_EQ("present_value: found 639 elements, wanted 640", Error());
  ++call_.present_value_count;
  std::vector<float> both(1000);
  call_.past_key = both.data();
  call_.present_key = both.data() + 100;
  EXPECT_EQ("present_key: found a part of past_key's memory, wanted all of it, with room for total columns, or none",
            Error());
}

}  // namespace
}  // namespace bitmatmul::test
