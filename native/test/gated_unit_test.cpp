// CustomGatedUnit against its definition, bit by bit, with every buffer ending at an unmapped page; what is refused.
#include "gated_unit.h"

#include <gtest/gtest.h>

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
  return bits;
}

float Value(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

// volatile: each operation rounds by itself.
float Expected(float gate, float value) {
  const volatile float above = gate <= 0 ? 0 : gate;
  const volatile float square = above * above;
  const volatile float product = square * value;
  return product == product ? product : Value(0x7fc00000u);
}

// Numbers of every kind: any bits, and where they differ most.
float AnyFloat(std::mt19937_64& random) {
  constexpr uint32_t kOdd[] = {0,           0x80000000u, 1,           0x80000001u, 0x7f800000u, 0xff800000u,
                               0x7f800001u, 0xffc12345u, 0xffffffffu, 0x7fffffffu, 0x3f800000u, 0xff7fffffu};
  const uint64_t bits = random();
  switch (bits % 4) {
    case 0:
      return Value(kOdd[bits / 4 % (sizeof(kOdd) / sizeof(kOdd[0]))]);
    case 1:
      return Value(static_cast<uint32_t>(bits >> 32));
    default:
      return std::normal_distribution<float>()(random);
  }
}

std::vector<float> AnyFloats(int64_t count, std::mt19937_64& random) {
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = AnyFloat(random);
  return values;
}

void Check(int64_t m, int64_t n) {
  std::mt19937_64 random(TestSeed());
  const GuardedBuffer<float> x(AnyFloats(m * 2 * n, random));
  const GuardedBuffer<float> y(static_cast<size_t>(m * n));
  GatedUnit unit({n, BITMATMUL_GATE_RELU2}, nullptr, m, x.data(), y.data());
  for (int64_t task = 0; task < unit.Tasks(); ++task) unit.Task(task);
  for (int64_t row = 0; row < m; ++row) {
    for (int64_t i = 0; i < n; ++i) {
      const float gate = x.data()[row * 2 * n + i], value = x.data()[row * 2 * n + n + i];
      ASSERT_EQ(Bits(Expected(gate, value)), Bits(y.data()[row * n + i]))
          << "row " << row << ", column " << i << ": gate " << gate << ", value " << value << ", M = " << m
          << ", N = " << n << "\nto run it again: BITMATMUL_TEST_SEED=" << TestSeed()
          << " bitmatmul_test --gtest_filter=GatedUnit.*";
    }
  }
}

// A unit and a norm in one are those two, one after the other.
void CheckWithNorm(int64_t m, int64_t n, bool finite) {
  std::mt19937_64 random(TestSeed());
  std::normal_distribution<float> normal;
  std::vector<float> values = AnyFloats(m * 2 * n, random), weights(static_cast<size_t>(n));
  for (float& value : values) value = finite ? normal(random) : value;
  for (float& weight : weights) weight = normal(random);
  const GuardedBuffer<float> x(values), weight(weights), y(static_cast<size_t>(m * n));
  const bitmatmul_gated_unit_spec spec{n, BITMATMUL_GATE_RELU2};
  const bitmatmul_rms_norm_problem norm{n, 1e-5f, weight.data(), n};
  std::vector<float> product(static_cast<size_t>(m * n)), expected(product.size());
  ASSERT_EQ(BITMATMUL_OK,
            bitmatmul_gated_unit(&spec, nullptr, x.data(), m * 2 * n, m, product.data(), m * n, nullptr, 0));
  ASSERT_EQ(BITMATMUL_OK, bitmatmul_rms_norm(&norm, product.data(), m * n, m, expected.data(), m * n, nullptr, 0));
  ASSERT_EQ(BITMATMUL_OK, bitmatmul_gated_unit(&spec, &norm, x.data(), m * 2 * n, m, y.data(), m * n, nullptr, 0));
  for (int64_t i = 0; i < m * n; ++i) {
    ASSERT_EQ(Bits(expected[static_cast<size_t>(i)]), Bits(y.data()[i]))
        << "row " << i / n << ", column " << i % n << ", M = " << m << ", N = " << n
        << "\nto run it again: BITMATMUL_TEST_SEED=" << TestSeed() << " bitmatmul_test --gtest_filter=GatedUnit.*";
  }
}

TEST(GatedUnit, WithANorm) {
  for (const int64_t n : {16, 32, 48, 80, 2560, 6912}) {
    CheckWithNorm(5, n, true);
    CheckWithNorm(5, n, false);
  }
  CheckWithNorm(0, 16, true);
  CheckWithNorm(1000, 32, false);
}

TEST(GatedUnit, EdgesOfN) {
  for (int64_t n = 1; n <= 70; ++n) Check(3, n);
}

TEST(GatedUnit, SeveralTasks) {
  Check(0, 5);
  Check(1, 40000);
  Check(33, 6912);
  Check(20000, 3);
}

TEST(GatedUnit, RefusesWhatTheContractDoesNotAllow) {
  char error[512] = "";
  const bitmatmul_gated_unit_spec good{2, BITMATMUL_GATE_RELU2}, wide{INT64_C(1) << 30, BITMATMUL_GATE_RELU2};
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_gated_unit_check_spec(&good, error, sizeof(error))) << error;
  EXPECT_NE(BITMATMUL_OK, bitmatmul_gated_unit_check_spec(&wide, error, sizeof(error)));
  EXPECT_STREQ("attribute N: found 1073741824, wanted 1..1073741823", error);
  const bitmatmul_gated_unit_spec unknown{2, 7};
  EXPECT_NE(BITMATMUL_OK, bitmatmul_gated_unit_check_spec(&unknown, error, sizeof(error)));
  EXPECT_STREQ("attribute activation: found 7, wanted 0 (relu2)", error);
  float x[8] = {}, y[4] = {};
  EXPECT_EQ(BITMATMUL_OK, bitmatmul_gated_unit(&good, nullptr, x, 8, 2, y, 4, error, sizeof(error))) << error;
  EXPECT_NE(BITMATMUL_OK, bitmatmul_gated_unit(&good, nullptr, x, 7, 2, y, 4, error, sizeof(error)));
  EXPECT_STREQ("X: found 7 elements, wanted 8", error);
  EXPECT_NE(BITMATMUL_OK, bitmatmul_gated_unit(&good, nullptr, x, 8, 2, y, 3, error, sizeof(error)));
  const float weight[16] = {};
  const bitmatmul_rms_norm_problem norm{16, 1e-5f, weight, 16}, bad{16, 0, weight, 16};
  EXPECT_NE(BITMATMUL_OK, bitmatmul_gated_unit(&good, &norm, x, 8, 2, y, 4, error, sizeof(error)));
  EXPECT_STREQ("norm: found N = 16, wanted 2", error);
  EXPECT_NE(BITMATMUL_OK, bitmatmul_gated_unit_check_norm(&good, &bad, error, sizeof(error)));
  EXPECT_STREQ("attribute epsilon: found 0, wanted a finite number above 0", error);
  EXPECT_EQ(BITMATMUL_GATE_RELU2, bitmatmul_gate_from_name("relu2"));
  EXPECT_EQ(-1, bitmatmul_gate_from_name("silu"));
}

}  // namespace
}  // namespace bitmatmul::test
