// Each kernel's quantizers against the oracle, on activations that end at an unmapped page.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "bitmatmul/cpu_info.h"
#include "dispatch.h"
#include "guarded_buffer.h"
#include "problems.h"

namespace bitmatmul::test {
namespace {

class QuantizerTest : public testing::TestWithParam<int32_t> {
 protected:
  void SetUp() override {
    char missing[256];
    if (bitmatmul_kernel_runs_on(GetParam(), bitmatmul_cpu_features(), missing, sizeof(missing)) == 0) {
      GTEST_SKIP() << KernelAt(GetParam()).info.name << " was not tested: this CPU lacks " << missing;
    }
  }

  void Check(const std::vector<float>& values, int32_t activation) {
    const KernelCode& code = *KernelAt(GetParam()).code;
    const QuantizeFn quantize = activation == BITMATMUL_SIGN ? code.quantize_sign : code.quantize_int8;
    if (quantize == nullptr) {
      ASSERT_EQ(0u, KernelAt(GetParam()).info.activations >> activation & 1) << "a kernel lacks a quantizer it needs";
      return;
    }
    const int64_t count = static_cast<int64_t>(values.size());
    const GuardedBuffer<float> x(values);
    std::vector<int8_t> wanted(values.size());
    float s = 0, inv = 0;
    int32_t sum = 0, wanted_sum = 0;
    const bool finite = OracleQuantize(values.data(), count, activation, wanted.data(), &s);
    for (const int8_t value : wanted) wanted_sum += value;
    if (activation == BITMATMUL_SIGN && code.packs_signs) wanted = PackSigns(wanted);
    if (code.bytes_per_word > 0) wanted = MakeTables(wanted, KernelAt(GetParam()).info.packings);
    const GuardedBuffer<int8_t> q(wanted.size());
    ASSERT_EQ(finite, quantize(x.data(), count, q.data(), &inv, &sum)) << Replay(values);
    if (!finite) return;
    EXPECT_EQ(wanted, q.ToVector()) << Replay(values);
    EXPECT_EQ(wanted_sum, sum) << Replay(values);
    EXPECT_EQ(activation == BITMATMUL_SIGN ? 1.0f : 1.0f / s, inv) << Replay(values);
  }

  // Column 32 b + 4 i + c is bit i of byte c of word b, 1 for +1.
  static std::vector<int8_t> PackSigns(const std::vector<int8_t>& signs) {
    std::vector<int8_t> packed((signs.size() + 31) / 32 * 4);
    for (size_t k = 0; k < signs.size(); ++k) {
      const size_t byte = k / 32 * 4 + k % 4, bit = k % 32 / 4;
      if (signs[k] > 0) packed[byte] = static_cast<int8_t>(packed[byte] | 1 << bit);
    }
    return packed;
  }

  // What avx2_tables.h describes: for each of the four bytes of each word, lower and upper parts of two tables.
  static std::vector<int8_t> MakeTables(std::vector<int8_t> q, uint32_t packings) {
    const bool is_binary = packings == 1u << BITMATMUL_BINARY32;
    const size_t columns = is_binary ? 32 : 20;
    q.resize((q.size() + columns - 1) / columns * columns);
    std::vector<int8_t> tables;
    for (size_t word = 0; word < q.size(); word += columns) {
      for (size_t byte = word; byte < word + 4; ++byte) {
        if (is_binary) {
          AppendTables(16, [&](int e) { return 512 + Signed(q, byte, 4, e, 2); }, 0, &tables);
          AppendTables(16, [&](int e) { return 512 + Signed(q, byte + 16, 4, e, 2); }, 0, &tables);
        } else {
          AppendTables(14, [&](int e) { return Signed(q, byte, 3, 13 + e, 3); }, 16, &tables);
          AppendTables(9, [&](int e) { return Signed(q, byte + 12, 2, e, 3); }, 16, &tables);
        }
      }
    }
    return tables;
  }

  // Every fourth of `count` activations times its digit of `number`: 0 is -1 and the largest +1. Binary digits start
  // with the lowest, ternary ones with the highest.
  static int Signed(const std::vector<int8_t>& q, size_t first, int count, int number, int base) {
    int sum = 0;
    for (int i = 0; i < count; ++i, number /= base) {
      const int column = base == 2 ? i : count - 1 - i;
      sum += (number % base * 2 / (base - 1) - 1) * q[first + 4 * column];
    }
    return sum;
  }

  // Parts of entry(0) .. entry(count - 1), zeros up to 16: entry = 32 upper + lower, lower from -half on.
  template <class Entry>
  static void AppendTables(int count, Entry entry, int half, std::vector<int8_t>* tables) {
    int8_t lower[16] = {}, upper[16] = {};
    for (int e = 0; e < count; ++e) {
      upper[e] = static_cast<int8_t>(std::floor((entry(e) + half) / 32.0));
      lower[e] = static_cast<int8_t>(entry(e) - 32 * upper[e]);
    }
    tables->insert(tables->end(), lower, lower + 16);
    tables->insert(tables->end(), upper, upper + 16);
  }

  void CheckBoth(const std::vector<float>& values) {
    Check(values, BITMATMUL_INT8);
    Check(values, BITMATMUL_SIGN);
  }

  std::string Replay(const std::vector<float>& values) const {
    return std::string(KernelAt(GetParam()).info.name) + ", " + std::to_string(values.size()) + " values, seed " +
           std::to_string(TestSeed());
  }

  // Uniform in [-limit, limit].
  std::vector<float> Random(size_t count, float limit) {
    std::vector<float> values(count);
    for (float& v : values) v = (static_cast<float>(random_() >> 40) * 0x1.0p-23f - 1.0f) * limit;
    return values;
  }

  std::mt19937_64 random_{TestSeed()};
};

constexpr float kMax = std::numeric_limits<float>::max();
constexpr float kMin = std::numeric_limits<float>::min();
constexpr float kDenormal = std::numeric_limits<float>::denorm_min();

TEST_P(QuantizerTest, EveryLengthAroundVectors) {
  for (size_t count = 1; count <= 70; ++count) CheckBoth(Random(count, 3.0f));
  CheckBoth(Random(2561, 1000.0f));
}

TEST_P(QuantizerTest, Magnitudes) {
  for (const float limit : {kMax, 1e38f, 1.0f, 1e-5f, 0.99e-5f, 1.01e-5f, 1e-20f, kMin, kDenormal, 0.0f}) {
    CheckBoth(Random(37, limit));
    CheckBoth({limit, -limit, -0.0f, 0.0f, limit / 2});
  }
}

TEST_P(QuantizerTest, Ties) {
  std::vector<float> values{127.0f};
  for (int i = -127; i < 127; ++i) values.push_back(static_cast<float>(i) + 0.5f);
  CheckBoth(values);
  for (int exponent = -20; exponent < 20; ++exponent) {
    std::vector<float> scaled = values;
    for (float& v : scaled) v = std::ldexp(v, exponent);
    CheckBoth(scaled);
  }
}

TEST_P(QuantizerTest, OneThatIsNotFiniteIsSeenAnywhere) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float signaling = std::numeric_limits<float>::signaling_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const float bad : {nan, -nan, signaling, infinity, -infinity}) {
    for (size_t at = 0; at < 41; ++at) {
      std::vector<float> values = Random(41, 3.0f);
      values[at] = bad;
      CheckBoth(values);
    }
  }
}

std::vector<int32_t> AllKernels() {
  std::vector<int32_t> kernels;
  for (int32_t i = 0; i < bitmatmul_kernel_count(); ++i) kernels.push_back(i);
  return kernels;
}

INSTANTIATE_TEST_SUITE_P(Kernels, QuantizerTest, testing::ValuesIn(AllKernels()),
                         [](const auto& test) { return std::string(KernelAt(test.param).info.name); });

}  // namespace
}  // namespace bitmatmul::test
