// A product of outputs and rows of X, cut into tasks for CustomMatMulNBits and CustomMatMulF16. In order, tasks take
// all outputs for some rows, then for the next rows: those rows stay in the L2 cache.
#pragma once

#include <cstdint>

namespace bitmatmul {

// What one task computes.
struct OutputTask {
  int64_t n;
  int64_t n_end;
  int64_t row;
  int64_t row_end;
};

class OutputTasks {
 public:
  // row_bytes: of a row of X as the kernel reads it
  OutputTasks(int64_t n, int64_t k, int64_t m, int64_t row_bytes);

  int64_t Count() const { return passes_ * tasks_per_pass_; }
  OutputTask At(int64_t task) const;

  // Whether it is reading the weights that takes the time.
  bool Streams() const;

 private:
  int64_t OutputsPerTask(int64_t k) const;

  int64_t n_;
  int64_t m_;
  int64_t rows_per_pass_;
  int64_t passes_;
  int64_t outputs_per_task_;
  int64_t tasks_per_pass_;
};

}  // namespace bitmatmul
