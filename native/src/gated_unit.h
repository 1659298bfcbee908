// One run of a CustomGatedUnit, in tasks of whole rows.
#pragma once

#include "bitmatmul/gated_unit.h"
#include "row_tasks.h"

namespace bitmatmul {

class GatedUnit {
 public:
  // Spec and norm have passed their checks; norm may be null, and its weights outlive this object. x is [m][2 N], y is
  // [m][N].
  GatedUnit(const bitmatmul_gated_unit_spec& spec, const bitmatmul_rms_norm_problem* norm, int64_t m, const float* x,
            float* y);

  // In any order.
  int64_t Tasks() const { return tasks_.Count(); }
  void Task(int64_t task);

 private:
  void Row(const float* x, float* y) const;

  const int64_t n_;
  const bool has_norm_;
  const bitmatmul_rms_norm_problem norm_;
  const RowTasks tasks_;
  const float* const x_;
  float* const y_;
};

}  // namespace bitmatmul
