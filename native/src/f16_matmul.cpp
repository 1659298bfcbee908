#include "f16_matmul.h"

#include "float_mode.h"
#include "prefetch.h"
#include "run_here.h"

namespace bitmatmul {

F16MatMul::F16MatMul(const bitmatmul_f16_problem& problem, const F16Kernel& kernel, int64_t m)
    : code_(*kernel.code),
      args_{problem.spec.n, problem.spec.k, problem.weights, nullptr, nullptr},
      tasks_(args_.n, args_.k, m, args_.k * static_cast<int64_t>(sizeof(float))) {}

void F16MatMul::Bind(void*, const float* x, float* y) {
  args_.x = x;
  args_.y = y;
}

void F16MatMul::MultiplyTask(int64_t index) {
  const StandardFloatMode mode;
  const OutputTask task = tasks_.At(index);
  if (tasks_.Streams()) PrefetchRows(args_.y + task.n, args_.n, task.n_end - task.n, task.row, task.row_end);
  code_.multiply(args_, task.n, task.n_end, task.row, task.row_end);
}

}  // namespace bitmatmul

extern "C" int32_t bitmatmul_f16_matmul(const bitmatmul_f16_problem* problem, const char* isas, const float* x,
                                        int64_t x_count, int64_t m, float* y, int64_t y_count, char* text,
                                        size_t size) {
  using namespace bitmatmul;
  return CheckAndRunHere(problem, {isas, x, x_count, m, y, y_count, {text, size}}, bitmatmul_f16_check_problem,
                         bitmatmul_f16_choose_kernel,
                         [=](int32_t index) { return F16MatMul(*problem, F16KernelAt(index), m); });
}
