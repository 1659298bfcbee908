#include "nbits_matmul.h"

#include <cstring>

#include "bitmatmul/cpu_info.h"
#include "bitmatmul/kernels.h"
#include "checks.h"
#include "float_mode.h"
#include "kernels/canonical_nan.h"
#include "pieces.h"
#include "prefetch.h"
#include "rounding.h"
#include "run_here.h"

namespace bitmatmul {
namespace {

// Products of many rows are not cut into pieces that are too small to be worth taking.
constexpr int64_t kLeastMacsPerTask = 256 * 1024;
// Outputs in a task are a multiple of this: kernels take up to so many at once.
constexpr int64_t kOutputsAtOnce = 16;
constexpr int64_t kScratchAlignment = 64;

NBitsArgs MakeArgs(const bitmatmul_nbits_problem& p) {
  NBitsArgs a{};
  a.n = p.spec.n;
  a.k = p.spec.k;
  a.bits = p.spec.bits;
  a.row_bytes = bitmatmul_nbits_row_bytes(&p.spec);
  a.block_size = p.spec.block_size;
  a.groups = bitmatmul_nbits_blocks(&p.spec);
  a.weights = p.weights;
  a.scale = p.scale;
  a.padded = RoundUp(p.spec.k, kNBitsPadding);
  return a;
}

int64_t OutputsPerTask(const NBitsArgs& a, int64_t m, int64_t rows_per_pass) {
  if (m <= kMostStreamedRows) return CeilDiv(a.n, StreamedPieces(a.n * a.k, m, a.n / kOutputsAtOnce));
  const int64_t macs_per_output = a.k * rows_per_pass;
  return CeilDiv(Between(a.n * macs_per_output / kPieces, kLeastMacsPerTask, kMostMacsPerTask), macs_per_output);
}

}  // namespace

NBitsMatMul::NBitsMatMul(const bitmatmul_nbits_problem& problem, const NBitsKernel& kernel, int64_t m)
    : code_(*kernel.code), m_(m), args_(MakeArgs(problem)) {
  rows_per_pass_ = Between(kRowBytesPerPass / (2 * args_.padded), 16, Between(m, 1, INT32_MAX));
  passes_ = CeilDiv(m, rows_per_pass_);
  outputs_per_task_ = RoundUp(OutputsPerTask(args_, m, rows_per_pass_), kOutputsAtOnce);
  tasks_per_pass_ = CeilDiv(args_.n, outputs_per_task_);
  const size_t per_row = 2 * static_cast<size_t>(args_.padded) + static_cast<size_t>(args_.groups) * sizeof(DigitSums) +
                         sizeof(float) + sizeof(uint8_t);
  scratch_bytes_ = static_cast<size_t>(m) * per_row + kScratchAlignment;
}

void NBitsMatMul::Bind(void* scratch, const float* x, float* y) {
  const uintptr_t aligned = (reinterpret_cast<uintptr_t>(scratch) + kScratchAlignment - 1) / kScratchAlignment;
  q_ = reinterpret_cast<int8_t*>(aligned * kScratchAlignment);
  sums_ = reinterpret_cast<DigitSums*>(q_ + m_ * 2 * args_.padded);
  inv_scale_ = reinterpret_cast<float*>(sums_ + m_ * args_.groups);
  finite_ = reinterpret_cast<uint8_t*>(inv_scale_ + m_);
  x_ = x;
  args_.q = q_;
  args_.sums = sums_;
  args_.inv_scale = inv_scale_;
  args_.y = y;
}

void NBitsMatMul::QuantizeTask(int64_t row) {
  const StandardFloatMode mode;
  int8_t* const q = q_ + row * 2 * args_.padded;
  DigitSums* const sums = sums_ + row * args_.groups;
  finite_[row] = code_.quantize(args_, x_ + row * args_.k, q, sums, inv_scale_ + row);
  if (finite_[row]) return;
  // The kernel computes something harmless of it, which is then overwritten.
  memset(q, 0, 2 * static_cast<size_t>(args_.padded));
  memset(sums, 0, static_cast<size_t>(args_.groups) * sizeof(DigitSums));
  inv_scale_[row] = 0;
}

void NBitsMatMul::MultiplyTask(int64_t task) {
  const StandardFloatMode mode;
  const int64_t n = task % tasks_per_pass_ * outputs_per_task_;
  const int64_t n_end = n + outputs_per_task_ < args_.n ? n + outputs_per_task_ : args_.n;
  const int64_t row = task / tasks_per_pass_ * rows_per_pass_;
  const int64_t row_end = row + rows_per_pass_ < m_ ? row + rows_per_pass_ : m_;
  if (m_ <= kMostStreamedRows) {
    if (args_.groups == 1) PrefetchFloats(args_.scale + n, n_end - n);
    for (int64_t m = row; m < row_end; ++m) PrefetchFloats(args_.y + m * args_.n + n, n_end - n);
  }
  code_.multiply(args_, n, n_end, row, row_end);
  for (int64_t m = row; m < row_end; ++m) {
    for (int64_t i = n; i < n_end && !finite_[m]; ++i) args_.y[m * args_.n + i] = CanonicalNaN();
  }
}

}  // namespace bitmatmul

extern "C" int32_t bitmatmul_nbits_matmul(const bitmatmul_nbits_problem* problem, const char* isas, const float* x,
                                          int64_t x_count, int64_t m, float* y, int64_t y_count, char* text,
                                          size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  int32_t status = bitmatmul_nbits_check_problem(problem, text, size);
  if (status != BITMATMUL_OK) return status;
  status = CheckCall(x, x_count, m, y, y_count, problem->spec.k, problem->spec.n, error);
  if (status != BITMATMUL_OK) return status;
  if (isas == nullptr || isas[0] == '\0') isas = bitmatmul_isa_override();
  const int32_t index = bitmatmul_nbits_choose_kernel(bitmatmul_cpu_features(), isas, text, size);
  if (index < 0) return BITMATMUL_UNSUPPORTED_ISA;

  return RunHere(NBitsMatMul(*problem, NBitsKernelAt(index), m), x, y, error);
}
