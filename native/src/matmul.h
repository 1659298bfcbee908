// One run of a problem: what to allocate, and the two passes (quantize rows of X, multiply tiles of W) in pieces that
// may run on any threads. Results do not depend on how the pieces are cut.
#pragma once

#include "bitmatmul/matmul.h"
#include "dispatch.h"
#include "rounding.h"

namespace bitmatmul {

class MatMul {
 public:
  // The problem has passed bitmatmul_check_problem; it and the kernel outlive this object.
  MatMul(const bitmatmul_problem& problem, const Kernel& kernel, int64_t m);

  // Bytes of scratch memory, with room to align it.
  size_t ScratchBytes() const { return scratch_bytes_; }

  // Gives it its memory. Scratch is ScratchBytes() long; x is [m][K], y is [m][N].
  void Bind(void* scratch, const float* x, float* y);

  // Pass 1 is QuantizeTask(0) .. QuantizeTask(QuantizeTasks() - 1) in any order; pass 2 follows when all are done.
  int64_t QuantizeTasks() const { return CeilDiv(m_, rows_per_task_); }
  void QuantizeTask(int64_t task);
  // In order, tasks take all tiles of W for some rows of X, then for the next rows: those rows stay in the L2 cache.
  int64_t MultiplyTasks() const { return CeilDiv(m_, rows_per_pass_) * tasks_per_pass_; }
  void MultiplyTask(int64_t task);

  // For tests, which cut the second pass elsewhere: what a kernel gets, and what follows it.
  const MatMulArgs& args() const { return args_; }
  void FillNonFiniteRows(int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end);

 private:
  bool QuantizeRow(int64_t row);
  // Where reading the weights is what takes time: asks for what a piece needs besides.
  void Prefetch(int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) const;
  // Where a piece of the tiles starts; behind the last one, the number of tiles.
  int64_t TileBegin(int64_t piece) const;

  const KernelCode& code_;
  const int32_t activation_;
  const int64_t m_;
  const int64_t tiles_;
  int64_t rows_per_task_;
  int64_t tiles_per_task_;  // 0: cut evenly
  int64_t rows_per_pass_;
  int64_t tasks_per_pass_;
  size_t scratch_bytes_;
  MatMulArgs args_;
  const float* x_ = nullptr;
  // Views of the scratch memory.
  int8_t* q_ = nullptr;
  float* inv_scale_ = nullptr;
  int32_t* q_sum_ = nullptr;
  uint8_t* finite_ = nullptr;
};

}  // namespace bitmatmul
