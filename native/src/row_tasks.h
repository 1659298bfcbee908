// Rows of an op that memory bounds, cut into tasks of whole rows.
#pragma once

#include <cstdint>

#include "rounding.h"

namespace bitmatmul {

class RowTasks {
 public:
  // n: outputs of a row
  RowTasks(int64_t n, int64_t m) : m_(m), rows_per_task_(CeilDiv(kOutputsPerTask, n)) {}

  int64_t Count() const { return CeilDiv(m_, rows_per_task_); }

  // The first row of a task, where that of the task before ends.
  int64_t Begin(int64_t task) const { return AtMost(task * rows_per_task_, m_); }

 private:
  // What a task computes at least, where there is so much: decode stays on one thread.
  static constexpr int64_t kOutputsPerTask = 16 * 1024;

  const int64_t m_;
  const int64_t rows_per_task_;
};

}  // namespace bitmatmul
