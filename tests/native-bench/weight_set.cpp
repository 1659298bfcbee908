#include "weight_set.h"

#include <cstring>
#include <stdexcept>

#include "bitmatmul/cpu_info.h"
#include "matmul.h"

namespace bitmatmul::bench {
namespace {

constexpr float kScale = 0.04f;
// Rows of X that are checked, from the first to the last.
constexpr int64_t kCheckedRows = 8;
constexpr size_t kLineFloats = 16;
// ONNX external data of weights starts at such offsets.
constexpr int64_t kMatrixAlignment = 65536;

uint64_t Next(uint64_t* state) {  // splitmix64
  uint64_t z = *state += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// Codes 0, 1 and 2; the invalid 3 becomes 0.
uint32_t Ternary16(uint32_t random) {
  const uint32_t invalid = random & (random >> 1) & 0x55555555u;
  return random & ~(invalid * 3);
}

// Four bytes ceil(256 v / 243), v < 243.
uint32_t Ternary20(uint64_t random) {
  uint32_t word = 0;
  for (int i = 0; i < 4; ++i) {
    const uint32_t v = static_cast<uint32_t>((random >> (16 * i) & 0xffff) * 243 >> 16);
    word |= (256 * v + 242) / 243 << (8 * i);
  }
  return word;
}

const Kernel& ScalarKernel(const bitmatmul_spec& spec, int64_t m) {
  char error[256];
  const int32_t index = bitmatmul_choose_kernel(&spec, m, bitmatmul_cpu_features(), "scalar", error, sizeof(error));
  if (index < 0) throw std::runtime_error(error);
  return KernelAt(index);
}

// Where the first cache line of a vector begins: tensors of ONNX Runtime start at one, memory of a vector does not, and
// every other store to it would touch two.
float* AtLine(std::vector<float>* values) {
  const uintptr_t line = kLineFloats * sizeof(float);
  const uintptr_t address = reinterpret_cast<uintptr_t>(values->data());
  return values->data() + ((address + line - 1) / line * line - address) / sizeof(float);
}

// Scratch of several sizes in one vector, which never shrinks.
void* Room(std::vector<uint8_t>* scratch, size_t bytes) {
  if (scratch->size() < bytes) scratch->resize(bytes);
  return scratch->data();
}

}  // namespace

void FillWeights(int32_t packing, uint64_t seed, uint32_t* words, int64_t count) {
  uint64_t state = seed;
  for (int64_t i = 0; i < count; ++i) {
    const uint64_t random = Next(&state);
    const uint32_t low = static_cast<uint32_t>(random);
    words[i] = packing == BITMATMUL_BINARY32    ? low
               : packing == BITMATMUL_TERNARY16 ? Ternary16(low)
                                                : Ternary20(random);
  }
}

std::vector<float> MakeActivations(int64_t m, int64_t k) {
  std::vector<float> x(static_cast<size_t>(m * k));
  uint64_t state = 1;
  for (float& value : x) {
    const uint64_t random = Next(&state);
    int sum = 0;
    for (int i = 0; i < 8; ++i) sum += static_cast<int>(random >> (8 * i) & 0xff);
    value = static_cast<float>(sum - 1020) / 209.0f;
  }
  return x;
}

WeightSet::WeightSet(const bitmatmul_spec& spec, MemoryKind kind, int64_t bytes)
    : spec_(spec),
      words_(bitmatmul_row_tiles(&spec) * bitmatmul_words_per_row(&spec) * BITMATMUL_TILE_ROWS),
      stride_((words_ * 4 + kMatrixAlignment - 1) / kMatrixAlignment * kMatrixAlignment),
      matrices_(bytes / stride_ < 1 ? 1 : bytes / stride_),
      memory_(kind, static_cast<size_t>(matrices_ * stride_)),
      scale_(spec.block_size == 0
                 ? 1
                 : static_cast<size_t>(bitmatmul_row_tiles(&spec) * bitmatmul_blocks(&spec) * BITMATMUL_TILE_ROWS),
             kScale) {
  for (int64_t i = 0; i < matrices_; ++i) {
    FillWeights(spec.packing, static_cast<uint64_t>(i), reinterpret_cast<uint32_t*>(memory_.data() + i * stride_),
                words_);
  }
  char error[256];
  const bitmatmul_problem problem = Problem(0);
  if (bitmatmul_check_problem(&problem, error, sizeof(error)) != BITMATMUL_OK) throw std::runtime_error(error);
}

bitmatmul_problem WeightSet::Problem(int64_t index) const {
  bitmatmul_problem problem{};
  problem.spec = spec_;
  problem.weights = reinterpret_cast<const int32_t*>(matrix(index));
  problem.weight_count = words_;
  problem.scale = scale_.data();
  problem.scale_count = static_cast<int64_t>(scale_.size());
  return problem;
}

Products::Products(const WeightSet& weights, int64_t m)
    : weights_(weights),
      m_(m),
      x_(static_cast<size_t>(m * weights.spec().k) + kLineFloats),
      y_(static_cast<size_t>(m * weights.spec().n) + kLineFloats) {
  const std::vector<float> x = MakeActivations(m, weights.spec().k);
  memcpy(AtLine(&x_), x.data(), x.size() * sizeof(float));
}

void Products::Run(const Kernel& kernel, int64_t matrix, Team* team) {
  const bitmatmul_problem problem = weights_.Problem(matrix);
  MatMul matmul(problem, kernel, m_);
  matmul.Bind(Room(&scratch_, matmul.ScratchBytes()), AtLine(&x_), AtLine(&y_));
  team->ParallelFor(matmul.QuantizeTasks(), [&](int64_t task) { matmul.QuantizeTask(task); });
  team->ParallelFor(matmul.MultiplyTasks(), [&](int64_t task) { matmul.MultiplyTask(task); });
}

void Products::Verify(const Kernel& kernel, int64_t matrix, Team* team) {
  memset(y_.data(), 0xff, y_.size() * sizeof(float));
  Run(kernel, matrix, team);
  const bitmatmul_spec& spec = weights_.spec();
  const bitmatmul_problem problem = weights_.Problem(matrix);
  std::vector<float> wanted(static_cast<size_t>(spec.n));
  std::vector<uint8_t> scratch;
  const int64_t checked = m_ < kCheckedRows ? m_ : kCheckedRows;
  for (int64_t i = 0; i < checked; ++i) {
    const int64_t row = checked == 1 ? 0 : i * (m_ - 1) / (checked - 1);
    MatMul matmul(problem, ScalarKernel(spec, 1), 1);
    matmul.Bind(Room(&scratch, matmul.ScratchBytes()), AtLine(&x_) + row * spec.k, wanted.data());
    for (int64_t task = 0; task < matmul.QuantizeTasks(); ++task) matmul.QuantizeTask(task);
    team->ParallelFor(matmul.MultiplyTasks(), [&](int64_t task) { matmul.MultiplyTask(task); });
    const float* found = AtLine(&y_) + row * spec.n;
    if (memcmp(wanted.data(), found, wanted.size() * sizeof(float)) == 0) continue;
    int64_t n = 0;
    while (memcmp(&wanted[static_cast<size_t>(n)], found + n, sizeof(float)) == 0) ++n;
    throw std::runtime_error(std::string(kernel.info.name) + ": N = " + std::to_string(spec.n) +
                             ", K = " + std::to_string(spec.k) + ", packing " + bitmatmul_packing_name(spec.packing) +
                             ", activation " + bitmatmul_activation_name(spec.activation) + ", block_size " +
                             std::to_string(spec.block_size) + ", M = " + std::to_string(m_) + ", seed " +
                             std::to_string(matrix) + ", y[" + std::to_string(row) + "][" + std::to_string(n) +
                             "]: found " + std::to_string(found[n]) + ", wanted " +
                             std::to_string(wanted[static_cast<size_t>(n)]) + ", as the scalar kernel has it");
  }
}

}  // namespace bitmatmul::bench
