// One run of a CustomGatedUnit, in tasks of whole rows.
#pragma once

#include "bitmatmul/gated_unit.h"
#include "row_tasks.h"

namespace bitmatmul {

class GatedUnit {
 public:
  // The spec has passed bitmatmul_gated_unit_check_spec. x is [m][2 N], y is [m][N].
  GatedUnit(const bitmatmul_gated_unit_spec& spec, int64_t m, const float* x, float* y);

  // In any order.
  int64_t Tasks() const { return tasks_.Count(); }
  void Task(int64_t task);

 private:
  const int64_t n_;
  const RowTasks tasks_;
  const float* const x_;
  float* const y_;
};

}  // namespace bitmatmul
