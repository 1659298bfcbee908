// CustomRmsNorm against its definition, bit by bit, with every buffer ending at an unmapped page; what is refused.
#include "rms_norm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

#include "guarded_buffer.h"
#include "problems.h"

namespace bitmatmul::test {
namespace {

uint32_t Bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return std::isnan(value) ? 0x7fc00000u : bits;
}

// volatile: each operation rounds by itself.
float Factor(const float* x, int64_t n, float epsilon) {
  volatile float sums[16] = {};
  for (int64_t i = 0; i < n; ++i) {
    const volatile float square = x[i] * x[i];
    sums[i % 16] = sums[i % 16] + square;
  }
  for (int half = 8; half > 0; half /= 2) {
    for (int lane = 0; lane < half; ++lane) sums[lane] = sums[lane] + sums[lane + half];
  }
  const volatile float mean = sums[0] / static_cast<float>(n);
  const volatile float root = std::sqrt(mean + epsilon);
  return 1.0f / root;
}

void Check(int64_t m, int64_t n, bool finite) {
  std::mt19937_64 random(TestSeed());
  std::normal_distribution<float> normal;
  std::vector<float> x_values(static_cast<size_t>(m * n)), weights(static_cast<size_t>(n));
  const float magnitudes[] = {1, 1e-4f, 0, 1e25f};
  for (int64_t i = 0; i < m * n; ++i) x_values[static_cast<size_t>(i)] = normal(random) * magnitudes[i / n % 4];
  for (int64_t row = 0; row < m && !finite; row += 2) {
    const float odd[] = {NAN, -INFINITY, INFINITY};
    x_values[static_cast<size_t>(row * n) + random() % static_cast<uint64_t>(n)] = odd[row / 2 % 3];
  }
  for (float& weight : weights) weight = normal(random);
  const GuardedBuffer<float> x(x_values), weight(weights), y(static_cast<size_t>(m * n));
  RmsNorm norm({n, 1e-5f, weight.data(), n}, m, x.data(), y.data());
  for (int64_t task = 0; task < norm.Tasks(); ++task) norm.Task(task);
  for (int64_t row = 0; row < m; ++row) {
    const float factor = Factor(x.data() + row * n, n, 1e-5f);
    for (int64_t i = 0; i < n; ++i) {
      const volatile float scaled = x.data()[row * n + i] * factor;
      uint32_t found;
      memcpy(&found, y.data() + row * n + i, sizeof(found));
      ASSERT_EQ(Bits(scaled * weight.data()[i]), found)
          << "row " << row << ", column " << i << ", M = " << m << ", N = " << n
          << "\nto run it again: BITMATMUL_TEST_SEED=" << TestSeed() << " bitmatmul_test --gtest_filter=RmsNorm.*";
    }
  }
}

TEST(RmsNorm, EdgesOfN) {
  for (const int64_t n : {16, 32, 48, 64, 80, 112, 128, 144, 2560, 6912}) {
    Check(5, n, true);
    Check(5, n, false);
  }
}

TEST(RmsNorm, SeveralTasks) {
  Check(0, 16, true);
  Check(1, 40000, true);
  Check(33, 2560, true);
  Check(3000, 32, false);
}

TEST(RmsNorm, RefusesWhatTheContractDoesNotAllow) {
  char error[512] = "";
  float weight[16] = {}, x[32] = {}, y[32] = {};
  const bitmatmul_rms_norm_problem good{16, 1e-5f, weight, 16};
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_rms_norm(&good, x, 32, 2, y, 32, error, sizeof(error))) << error;
  EXPECT_NE(BITMATMUL_OK, bitmatmul_rms_norm(&good, x, 31, 2, y, 32, error, sizeof(error)));
  EXPECT_STREQ("X: found 31 elements, wanted 32", error);
  const auto message = [&error](const bitmatmul_rms_norm_problem& problem) {
    EXPECT_NE(BITMATMUL_OK, bitmatmul_rms_norm_check_problem(&problem, error, sizeof(error)));
    return std::string(error);
  };
  EXPECT_EQ("attribute N: found 24, wanted a multiple of 16", message({24, 1e-5f, weight, 24}));
  EXPECT_EQ("attribute N: found 0, wanted 1..16777216", message({0, 1e-5f, weight, 0}));
  EXPECT_EQ("attribute epsilon: found -1, wanted a finite number above 0", message({16, -1, weight, 16}));
  EXPECT_EQ("input weight: found 15 elements, wanted 16", message({16, 1e-5f, weight, 15}));
  weight[3] = INFINITY;
  EXPECT_EQ("input weight: found inf at element 3, wanted finite values", message(good));
}

}  // namespace
}  // namespace bitmatmul::test
