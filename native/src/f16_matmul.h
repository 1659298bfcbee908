// One run of a CustomMatMulF16: MatMul (matmul.h) for another op. Rows of X are read where they are, so there is
// nothing to do before the product.
#pragma once

#include "bitmatmul/f16.h"
#include "f16_dispatch.h"

namespace bitmatmul {

class F16MatMul {
 public:
  // The problem has passed bitmatmul_f16_check_problem; it and the kernel outlive this object.
  F16MatMul(const bitmatmul_f16_problem& problem, const F16Kernel& kernel, int64_t m);

  // No scratch memory.
  size_t ScratchBytes() const { return 0; }

  // x is [m][K], y is [m][N].
  void Bind(void* scratch, const float* x, float* y);

  int64_t QuantizeTasks() const { return 0; }
  void QuantizeTask(int64_t) {}
  // In order, tasks take all outputs for some rows of X, then for the next rows: those rows stay in the L2 cache.
  int64_t MultiplyTasks() const { return passes_ * tasks_per_pass_; }
  void MultiplyTask(int64_t task);

 private:
  const F16KernelCode& code_;
  const int64_t m_;
  int64_t rows_per_pass_;
  int64_t passes_;
  int64_t outputs_per_task_;
  int64_t tasks_per_pass_;
  F16Args args_;
};

}  // namespace bitmatmul
