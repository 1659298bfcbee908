// Every kernel of the table against the oracle, bit by bit, over shapes below, at and above each tile edge. Every
// buffer ends at an unmapped page.
#include <gtest/gtest.h>

#include "dispatch.h"
#include "guarded_buffer.h"
#include "kernel_checks.h"
#include "matmul.h"

namespace bitmatmul::test {
namespace {

struct KernelCase {
  int32_t kernel;
  int32_t packing;
  int32_t activation;
  int32_t block_size;
};

bool Takes(const bitmatmul_kernel_info& info, const KernelCase& c) {
  if ((info.packings >> c.packing & 1) == 0 || (info.activations >> c.activation & 1) == 0) return false;
  const bitmatmul_spec spec{16, 256, c.packing, c.activation, c.block_size};
  return (c.block_size == 0 || info.block_scales != 0) && bitmatmul_check_spec(&spec, nullptr, 0) == BITMATMUL_OK;
}

std::vector<KernelCase> AllCases() {
  std::vector<KernelCase> cases;
  for (int32_t kernel = 0; kernel < bitmatmul_kernel_count(); ++kernel) {
    for (int32_t packing = 0; packing < 3; ++packing) {
      for (int32_t activation = 0; activation < 2; ++activation) {
        for (const int32_t block_size : {0, 32, 64, 128, 256}) {
          const KernelCase c{kernel, packing, activation, block_size};
          if (Takes(KernelAt(kernel).info, c)) cases.push_back(c);
        }
      }
    }
  }
  return cases;
}

std::string CaseName(const testing::TestParamInfo<KernelCase>& info) {
  const KernelCase& c = info.param;
  return std::string(KernelAt(c.kernel).info.name) + "_" + bitmatmul_packing_name(c.packing) + "_" +
         bitmatmul_activation_name(c.activation) + "_block" + std::to_string(c.block_size);
}

class KernelTest : public testing::TestWithParam<KernelCase> {
 protected:
  void SetUp() override {
    const std::string why = WhyNotTested(KernelAt(GetParam().kernel).info);
    if (!why.empty()) GTEST_SKIP() << why;
  }

  void Check(int64_t m, int64_t n, int64_t k, Fill fill) {
    const KernelCase& c = GetParam();
    const Problem problem = MakeProblem({n, k, c.packing, c.activation, c.block_size}, m, fill, random_);
    const GuardedBuffer<int32_t> packed(problem.packed);
    const GuardedBuffer<float> scale(problem.scale), bias(problem.bias), x(problem.x);
    bitmatmul_problem view = problem.View();
    view.weights = packed.data();
    view.scale = scale.data();
    view.bias = problem.bias.empty() ? nullptr : bias.data();
    char error[512] = "";
    ASSERT_EQ(BITMATMUL_OK, bitmatmul_check_problem(&view, error, sizeof(error)))
        << error << Replay(KernelAt(c.kernel).info, problem.Describe());

    MatMul matmul(view, KernelAt(c.kernel), m);
    const GuardedBuffer<uint8_t> scratch(matmul.ScratchBytes());
    memset(scratch.data(), 0x7f, scratch.size());
    const GuardedBuffer<float> y(static_cast<size_t>(m * n));
    matmul.Bind(scratch.data(), x.data(), y.data());
    RunTasks(&matmul);
    const std::string difference = CompareBits(problem, Oracle(problem), y.data());
    ASSERT_TRUE(difference.empty()) << difference << Replay(KernelAt(c.kernel).info, problem.Describe());
  }

  // One below, at and one above `count` units, without those below 1.
  static std::vector<int64_t> Around(std::initializer_list<int64_t> centers) {
    std::vector<int64_t> values;
    for (const int64_t center : centers) {
      for (int64_t value = center - 1; value <= center + 1; ++value) {
        if (value > 0 && (values.empty() || value > values.back())) values.push_back(value);
      }
    }
    return values;
  }

  // Tiles of a word, of the 8 words that the AVX2 kernel adds up in 16 bits, and of the prefetch distance in words.
  std::vector<int64_t> Ks() const {
    const int64_t block = GetParam().block_size;
    if (block > 0) return {block, 2 * block, 5 * block};
    const int64_t word = bitmatmul_weights_per_word(GetParam().packing);
    std::vector<int64_t> ks = Around({1, word, 2 * word, 8 * word, 32 * word});
    ks.insert(ks.end(), {3, 63, 65});
    return ks;
  }

  std::mt19937_64 random_{TestSeed()};
};

TEST_P(KernelTest, EveryMBelowTheLargestBlockOfRows) {
  const int64_t k = Ks().back();
  for (int64_t m = 0; m <= 17; ++m) Check(m, 33, k, Fill::kRandom);
}

TEST_P(KernelTest, NAroundTiles) {
  // Kernels take 1, 2 or 4 tiles of 16 rows at once.
  for (const int64_t n : Around({1, 16, 32, 48, 64, 80, 128})) {
    for (const int64_t m : {1, 3}) Check(m, n, Ks().back(), Fill::kRandom);
  }
}

TEST_P(KernelTest, KAroundWords) {
  for (const int64_t k : Ks()) {
    for (const int64_t m : {1, 2, 9}) Check(m, 65, k, Fill::kRandom);
  }
}

TEST_P(KernelTest, LargerShapes) {
  const int64_t block = GetParam().block_size;
  Check(1, 500, block > 0 ? 2560 : 2561, Fill::kRandom);
  Check(33, 500, block > 0 ? 512 : 513, Fill::kRandom);
}

TEST_P(KernelTest, ManyRows) {
  // Kernels for prefill take 48 rows at once, in tiles of 16, 640 columns at a time, and some 200 rows a pass over W.
  // The codes of up to 16 rows go through a ring of 320 columns.
  const int64_t k = GetParam().block_size > 0 ? 1280 : 1301;
  for (const int64_t m : {2, 7, 15, 16, 31, 32, 47, 48, 49, 64, 65, 96, 113, 130, 210}) Check(m, 40, k, Fill::kRandom);
}

TEST_P(KernelTest, ExtremeOperands) {
  const int64_t unit = std::max(GetParam().block_size, 1);
  const int64_t largest = BITMATMUL_MAX_K / unit * unit;
  for (const int64_t m : {1, 5}) Check(m, 17, largest, Fill::kExtreme);
  for (const int64_t k : Ks()) Check(4, 33, k, Fill::kExtreme);
}

TEST_P(KernelTest, AnyCutIntoTilesAndRowsGivesTheSameBits) {
  const KernelCase& c = GetParam();
  const Problem problem =
      MakeProblem({150, Ks().back(), c.packing, c.activation, c.block_size}, 21, Fill::kRandom, random_);
  const bitmatmul_problem view = problem.View();
  MatMul matmul(view, KernelAt(c.kernel), problem.m);
  std::vector<uint8_t> scratch(matmul.ScratchBytes());
  std::vector<float> y(static_cast<size_t>(problem.m * problem.spec.n));
  matmul.Bind(scratch.data(), problem.x.data(), y.data());
  for (int64_t task = matmul.QuantizeTasks() - 1; task >= 0; --task) matmul.QuantizeTask(task);
  const std::vector<float> wanted = Oracle(problem);
  const int64_t tiles = bitmatmul_row_tiles(&problem.spec);
  for (int round = 0; round < 20; ++round) {
    std::fill(y.begin(), y.end(), -1.0f);
    for (int64_t row = 0, rows = 0; row < problem.m; row += rows) {
      rows = std::min<int64_t>(1 + static_cast<int64_t>(random_() % 9), problem.m - row);
      for (int64_t tile = 0, count = 0; tile < tiles; tile += count) {
        count = std::min<int64_t>(1 + static_cast<int64_t>(random_() % 6), tiles - tile);
        KernelAt(c.kernel).code->multiply(matmul.args(), tile, tile + count, row, row + rows);
      }
    }
    matmul.FillNonFiniteRows(0, tiles, 0, problem.m);
    const std::string difference = CompareBits(problem, wanted, y.data());
    ASSERT_TRUE(difference.empty()) << difference << Replay(KernelAt(c.kernel).info, problem.Describe());
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, KernelTest, testing::ValuesIn(AllCases()), CaseName);

}  // namespace
}  // namespace bitmatmul::test
