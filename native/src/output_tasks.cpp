#include "output_tasks.h"

#include "pieces.h"
#include "rounding.h"

namespace bitmatmul {
namespace {

// Products of many rows are not cut into pieces that are too small to be worth taking.
constexpr int64_t kLeastMacsPerTask = 256 * 1024;
// Outputs in a task are a multiple of this: kernels take up to so many at once.
constexpr int64_t kOutputsAtOnce = 16;

}  // namespace

OutputTasks::OutputTasks(int64_t n, int64_t k, int64_t m, int64_t row_bytes)
    : n_(n),
      m_(m),
      rows_per_pass_(Between(kRowBytesPerPass / row_bytes, 16, Between(m, 1, INT32_MAX))),
      passes_(CeilDiv(m, rows_per_pass_)),
      outputs_per_task_(RoundUp(OutputsPerTask(k), kOutputsAtOnce)),
      tasks_per_pass_(CeilDiv(n, outputs_per_task_)) {}

int64_t OutputTasks::OutputsPerTask(int64_t k) const {
  if (Streams()) return CeilDiv(n_, StreamedPieces(n_ * k, m_, n_ / kOutputsAtOnce));
  const int64_t macs_per_output = k * rows_per_pass_;
  return CeilDiv(Between(n_ * macs_per_output / kPieces, kLeastMacsPerTask, kMostMacsPerTask), macs_per_output);
}

bool OutputTasks::Streams() const { return m_ <= kMostStreamedRows; }

OutputTask OutputTasks::At(int64_t task) const {
  const int64_t n = task % tasks_per_pass_ * outputs_per_task_;
  const int64_t row = task / tasks_per_pass_ * rows_per_pass_;
  return {n, AtMost(n + outputs_per_task_, n_), row, AtMost(row + rows_per_pass_, m_)};
}

}  // namespace bitmatmul
