// What breaks the contract is refused with a message that says where, what was found and what was wanted.
#include <gtest/gtest.h>

#include <cmath>

#include "kernel_checks.h"

namespace bitmatmul::test {
namespace {

std::string SpecError(const bitmatmul_spec& spec) { return ErrorOf(bitmatmul_check_spec, spec); }

std::string ProblemError(const bitmatmul_problem& problem) { return ErrorOf(bitmatmul_check_problem, problem); }

TEST(CheckSpec, NamesTheAttribute) {
  EXPECT_EQ("", SpecError({1, 1, BITMATMUL_BINARY32, BITMATMUL_SIGN, 0}));
  EXPECT_EQ("", SpecError({1, BITMATMUL_MAX_K, BITMATMUL_TERNARY20, BITMATMUL_INT8, 0}));
  EXPECT_EQ("attribute N: found 0, wanted 1..2147483647", SpecError({0, 1, 1, 0, 0}));
  EXPECT_EQ("attribute K: found 132105, wanted 1..132104", SpecError({1, BITMATMUL_MAX_K + 1, 1, 0, 0}));
  EXPECT_EQ("attribute block_size: found 48, wanted 0, 32, 64, 128 or 256", SpecError({1, 48, 1, 0, 48}));
  EXPECT_EQ("attribute K: found 33, wanted a multiple of block_size 32", SpecError({1, 33, 1, 0, 32}));
  EXPECT_EQ("attribute packing: found ternary20 with block_size 32, wanted binary32 or ternary16",
            SpecError({1, 32, BITMATMUL_TERNARY20, 0, 32}));
  EXPECT_EQ("attribute block_size: found 32 with activation sign, wanted 0",
            SpecError({1, 32, BITMATMUL_BINARY32, BITMATMUL_SIGN, 32}));
  EXPECT_EQ("attribute packing: found number 3, wanted 0 (binary32), 1 (ternary16) or 2 (ternary20)",
            SpecError({1, 1, 3, 0, 0}));
  EXPECT_EQ("attribute activation: found number -1, wanted 0 (int8) or 1 (sign)", SpecError({1, 1, 0, -1, 0}));
}

TEST(CheckSpec, CutsTheMessageToItsRoom) {
  char error[8];
  const bitmatmul_spec spec{0, 1, 1, 0, 0};
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_check_spec(&spec, error, sizeof(error)));
  EXPECT_STREQ("attribu", error);
  EXPECT_EQ(BITMATMUL_INVALID_ARGUMENT, bitmatmul_check_spec(&spec, nullptr, 0));
}

class CheckProblem : public testing::TestWithParam<int32_t> {
 protected:
  static Problem Make(int32_t packing, int64_t n, int64_t k) {
    std::mt19937_64 random{TestSeed()};
    Problem p = MakeProblem({n, k, packing, BITMATMUL_INT8, 0}, 0, Fill::kRandom, random);
    p.scale.assign(static_cast<size_t>(n), 1.0f);
    p.bias.assign(static_cast<size_t>(n), 1.0f);
    return p;
  }
};

TEST_F(CheckProblem, LengthsAndFiniteness) {
  Problem p = Make(BITMATMUL_TERNARY16, 17, 33);
  EXPECT_EQ("", ProblemError(p.View()));
  p.packed.pop_back();
  EXPECT_EQ("input W: found 95 elements, wanted 96", ProblemError(p.View()));
  p = Make(BITMATMUL_TERNARY16, 17, 33);
  p.scale.pop_back();
  EXPECT_EQ("input scale: found 16 elements, wanted 17", ProblemError(p.View()));
  p.scale.assign(1, INFINITY);
  EXPECT_EQ("input scale: found inf at element 0, wanted finite values", ProblemError(p.View()));
  p.scale.assign(1, 1.0f);
  p.bias[16] = -INFINITY;
  EXPECT_EQ("input bias: found -inf at element 16, wanted finite values", ProblemError(p.View()));
  p.bias.pop_back();
  EXPECT_EQ("input bias: found 16 elements, wanted 17", ProblemError(p.View()));
  p.bias.clear();
  EXPECT_EQ("", ProblemError(p.View()));
}

TEST_F(CheckProblem, PaddingRowsOfABlockedScaleMayHoldAnything) {
  std::mt19937_64 random{TestSeed()};
  Problem p = MakeProblem({17, 64, BITMATMUL_TERNARY16, BITMATMUL_INT8, 32}, 0, Fill::kRandom, random);
  p.scale[static_cast<size_t>((1 * 2 + 1) * 16 + 1)] = INFINITY;  // tile 1, block 1, row 17
  EXPECT_EQ("", ProblemError(p.View()));
  p.scale[static_cast<size_t>((1 * 2 + 1) * 16 + 0)] = INFINITY;  // row 16, the last one
  EXPECT_EQ("input scale: found inf at element 48, wanted finite values", ProblemError(p.View()));
}

// Every weight in turn becomes one that no packer writes: found, with its place.
TEST_P(CheckProblem, EveryBadWeightIsFound) {
  const int32_t packing = GetParam();
  const int64_t per_word = bitmatmul_weights_per_word(packing);
  const int64_t n_count = 17, k_count = per_word + 3;
  const Problem good = Make(packing, n_count, k_count);
  for (int64_t n = 0; n < n_count; ++n) {
    for (int64_t k = 0; k < k_count; ++k) {
      Problem p = good;
      const int64_t b = k / per_word, i = k % per_word / 4, c = k % 4;
      int32_t& word = p.packed[static_cast<size_t>((n / 16 * 2 + b) * 16 + n % 16)];
      // Code 3, or byte 1, which lies between the stored forms of v = 0 and v = 1.
      const bool ternary16 = packing == BITMATMUL_TERNARY16;
      const uint32_t mask = ternary16 ? 3u << (8 * c + 2 * i) : 0xffu << (8 * c);
      const uint32_t bad = ternary16 ? mask : 1u << (8 * c);
      word = static_cast<int32_t>((static_cast<uint32_t>(word) & ~mask) | bad);
      // Five digits share a byte of ternary20: the first of them is named.
      const int64_t named = ternary16 ? k : b * per_word + c;
      const std::string place = "weight [n=" + std::to_string(n) + ", k=" + std::to_string(named) + "]";
      EXPECT_NE(std::string::npos, ProblemError(p.View()).find(place)) << place << ": " << ProblemError(p.View());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Packings, CheckProblem, testing::Values(BITMATMUL_TERNARY16, BITMATMUL_TERNARY20),
                         [](const auto& test) { return std::string(bitmatmul_packing_name(test.param)); });

// 243 bytes are written by a packer; the check must know exactly those.
TEST_F(CheckProblem, Ternary20KnowsThe13BytesThatNoPackerWrites) {
  bool written[256] = {};
  for (int v = 0; v < 243; ++v) written[(256 * v + 242) / 243] = true;
  for (int byte = 0; byte < 256; ++byte) {
    Problem p = Make(BITMATMUL_TERNARY20, 1, 20);
    p.packed[0] = (p.packed[0] & ~0xff) | byte;
    EXPECT_EQ(written[byte], ProblemError(p.View()).empty()) << byte << ": " << ProblemError(p.View());
  }
}

}  // namespace
}  // namespace bitmatmul::test
