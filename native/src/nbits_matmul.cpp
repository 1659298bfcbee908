#include "nbits_matmul.h"

#include <cstring>

#include "float_mode.h"
#include "kernels/canonical_nan.h"
#include "prefetch.h"
#include "rounding.h"
#include "run_here.h"

namespace bitmatmul {
namespace {

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

}  // namespace

NBitsMatMul::NBitsMatMul(const bitmatmul_nbits_problem& problem, const NBitsKernel& kernel, int64_t m)
    : code_(*kernel.code), m_(m), args_(MakeArgs(problem)), tasks_(args_.n, args_.k, m, 2 * args_.padded) {
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

void NBitsMatMul::MultiplyTask(int64_t index) {
  const StandardFloatMode mode;
  const OutputTask task = tasks_.At(index);
  if (tasks_.Streams()) {
    if (args_.groups == 1) PrefetchFloats(args_.scale + task.n, task.n_end - task.n);
    PrefetchRows(args_.y + task.n, args_.n, task.n_end - task.n, task.row, task.row_end);
  }
  code_.multiply(args_, task.n, task.n_end, task.row, task.row_end);
  for (int64_t row = task.row; row < task.row_end; ++row) {
    for (int64_t n = task.n; n < task.n_end && !finite_[row]; ++n) args_.y[row * args_.n + n] = CanonicalNaN();
  }
}

}  // namespace bitmatmul

extern "C" int32_t bitmatmul_nbits_matmul(const bitmatmul_nbits_problem* problem, const char* isas, const float* x,
                                          int64_t x_count, int64_t m, float* y, int64_t y_count, char* text,
                                          size_t size) {
  using namespace bitmatmul;
  return CheckAndRunHere(problem, {isas, x, x_count, m, y, y_count, {text, size}}, bitmatmul_nbits_check_problem,
                         bitmatmul_nbits_choose_kernel,
                         [=](int32_t index) { return NBitsMatMul(*problem, NBitsKernelAt(index), m); });
}
