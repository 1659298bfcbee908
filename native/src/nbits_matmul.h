// One run of a CustomMatMulNBits: MatMul (matmul.h) for the other op, with the same two passes.
#pragma once

#include "bitmatmul/nbits.h"
#include "nbits_dispatch.h"
#include "output_tasks.h"

namespace bitmatmul {

class NBitsMatMul {
 public:
  // The problem has passed bitmatmul_nbits_check_problem; it and the kernel outlive this object.
  NBitsMatMul(const bitmatmul_nbits_problem& problem, const NBitsKernel& kernel, int64_t m);

  // Bytes of scratch memory, with room to align it.
  size_t ScratchBytes() const { return scratch_bytes_; }

  // Gives it its memory. Scratch is ScratchBytes() long; x is [m][K], y is [m][N].
  void Bind(void* scratch, const float* x, float* y);

  // Pass 1, one row of X a task, in any order; pass 2 follows when all are done.
  int64_t QuantizeTasks() const { return m_; }
  void QuantizeTask(int64_t task);
  int64_t MultiplyTasks() const { return tasks_.Count(); }
  void MultiplyTask(int64_t task);

 private:
  const NBitsKernelCode& code_;
  const int64_t m_;
  size_t scratch_bytes_;
  NBitsArgs args_;
  const OutputTasks tasks_;
  const float* x_ = nullptr;
  // Views of the scratch memory.
  int8_t* q_ = nullptr;
  DigitSums* sums_ = nullptr;
  float* inv_scale_ = nullptr;
  uint8_t* finite_ = nullptr;
};

}  // namespace bitmatmul
