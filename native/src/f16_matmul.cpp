#include "f16_matmul.h"

#include "bitmatmul/cpu_info.h"
#include "bitmatmul/kernels.h"
#include "checks.h"
#include "float_mode.h"
#include "pieces.h"
#include "prefetch.h"
#include "rounding.h"
#include "run_here.h"

namespace bitmatmul {
namespace {

// As in nbits_matmul.cpp.
constexpr int64_t kLeastMacsPerTask = 256 * 1024;
constexpr int64_t kOutputsAtOnce = 16;

int64_t OutputsPerTask(const F16Args& a, int64_t m, int64_t rows_per_pass) {
  if (m <= kMostStreamedRows) return CeilDiv(a.n, StreamedPieces(a.n * a.k, m, a.n / kOutputsAtOnce));
  const int64_t macs_per_output = a.k * rows_per_pass;
  return CeilDiv(Between(a.n * macs_per_output / kPieces, kLeastMacsPerTask, kMostMacsPerTask), macs_per_output);
}

}  // namespace

F16MatMul::F16MatMul(const bitmatmul_f16_problem& problem, const F16Kernel& kernel, int64_t m)
    : code_(*kernel.code), m_(m), args_{problem.spec.n, problem.spec.k, problem.weights, nullptr, nullptr} {
  const int64_t row_bytes = args_.k * static_cast<int64_t>(sizeof(float));
  rows_per_pass_ = Between(kRowBytesPerPass / row_bytes, 16, Between(m, 1, INT32_MAX));
  passes_ = CeilDiv(m, rows_per_pass_);
  outputs_per_task_ = RoundUp(OutputsPerTask(args_, m, rows_per_pass_), kOutputsAtOnce);
  tasks_per_pass_ = CeilDiv(args_.n, outputs_per_task_);
}

void F16MatMul::Bind(void*, const float* x, float* y) {
  args_.x = x;
  args_.y = y;
}

void F16MatMul::MultiplyTask(int64_t task) {
  const StandardFloatMode mode;
  const int64_t n = task % tasks_per_pass_ * outputs_per_task_;
  const int64_t n_end = n + outputs_per_task_ < args_.n ? n + outputs_per_task_ : args_.n;
  const int64_t row = task / tasks_per_pass_ * rows_per_pass_;
  const int64_t row_end = row + rows_per_pass_ < m_ ? row + rows_per_pass_ : m_;
  if (m_ <= kMostStreamedRows) {
    for (int64_t m = row; m < row_end; ++m) PrefetchFloats(args_.y + m * args_.n + n, n_end - n);
  }
  code_.multiply(args_, n, n_end, row, row_end);
}

}  // namespace bitmatmul

extern "C" int32_t bitmatmul_f16_matmul(const bitmatmul_f16_problem* problem, const char* isas, const float* x,
                                        int64_t x_count, int64_t m, float* y, int64_t y_count, char* text,
                                        size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  int32_t status = bitmatmul_f16_check_problem(problem, text, size);
  if (status != BITMATMUL_OK) return status;
  status = CheckCall(x, x_count, m, y, y_count, problem->spec.k, problem->spec.n, error);
  if (status != BITMATMUL_OK) return status;
  if (isas == nullptr || isas[0] == '\0') isas = bitmatmul_isa_override();
  const int32_t index = bitmatmul_f16_choose_kernel(bitmatmul_cpu_features(), isas, text, size);
  if (index < 0) return BITMATMUL_UNSUPPORTED_ISA;

  return RunHere(F16MatMul(*problem, F16KernelAt(index), m), x, y, error);
}
