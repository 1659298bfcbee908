// One run of a CustomRmsNorm, in tasks of whole rows.
#pragma once

#include "bitmatmul/rms_norm.h"
#include "row_tasks.h"

namespace bitmatmul {

// Checks the attributes alone.
int32_t CheckRmsNormAttributes(int64_t n, float epsilon, char* text, size_t size);

// A row of Y in place of one of X.
void RmsNormRow(const bitmatmul_rms_norm_problem& problem, float* row);

class RmsNorm {
 public:
  // The problem has passed bitmatmul_rms_norm_check_problem; its weights outlive this object. x and y are [m][N].
  RmsNorm(const bitmatmul_rms_norm_problem& problem, int64_t m, const float* x, float* y);

  // In any order.
  int64_t Tasks() const { return tasks_.Count(); }
  void Task(int64_t task);

 private:
  const bitmatmul_rms_norm_problem problem_;
  const RowTasks tasks_;
  const float* const x_;
  float* const y_;
};

}  // namespace bitmatmul
