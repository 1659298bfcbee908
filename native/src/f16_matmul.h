// One run of a CustomMatMulF16: MatMul (matmul.h) for another op. Rows of X are read where they are, so there is
// nothing to do before the product.
#pragma once

#include "bitmatmul/f16.h"
#include "f16_dispatch.h"
#include "output_tasks.h"

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
  int64_t MultiplyTasks() const { return tasks_.Count(); }
  void MultiplyTask(int64_t task);

 private:
  const F16KernelCode& code_;
  F16Args args_;
  const OutputTasks tasks_;
};

}  // namespace bitmatmul
