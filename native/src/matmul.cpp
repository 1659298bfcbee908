#include "matmul.h"

#include <cstring>

#include "float_mode.h"
#include "kernels/canonical_nan.h"
#include "pieces.h"
#include "prefetch.h"
#include "run_here.h"

namespace bitmatmul {
namespace {

// Products of many rows are not cut into pieces that are too small to be worth taking.
constexpr int64_t kLeastMacsPerTask = 128 * 1024;
constexpr int64_t kValuesPerQuantizeTask = 16 * 1024;
// Most kernels take up to four row tiles and eight rows of X at once.
constexpr int64_t kTilesAtOnce = 4;
constexpr int64_t kRowsAtOnce = 8;

int64_t TilesPerTask(const KernelCode& code, int64_t tiles, int64_t macs_per_tile, int64_t passes) {
  const int64_t macs = tiles * macs_per_tile;
  if (macs < kMacsWorthSharing) return tiles;
  int64_t piece = Between(macs / kPieces, kLeastMacsPerTask, kMostMacsPerTask);
  piece = Between(macs * passes / kLargePieces, piece, AtLeast(code.macs_per_task, piece));
  return AtLeast(piece / macs_per_tile / kTilesAtOnce * kTilesAtOnce, kTilesAtOnce);
}

MatMulArgs MakeArgs(const bitmatmul_problem& p, const KernelCode& code) {
  MatMulArgs a{};
  a.n = p.spec.n;
  a.k = p.spec.k;
  a.packing = p.spec.packing;
  a.words_per_row = bitmatmul_words_per_row(&p.spec);
  a.groups = bitmatmul_blocks(&p.spec);
  a.block_size = p.spec.block_size;
  a.weights = reinterpret_cast<const uint32_t*>(p.weights);
  a.scale = p.scale;
  a.scale_stride = p.scale_count == 1 ? 0 : 1;
  a.bias = p.bias;
  // An odd number of cache lines: rows that start at the same multiple of a power of two would share a few cache sets.
  const int64_t word_bytes = code.bytes_per_word > 0 ? code.bytes_per_word : bitmatmul_weights_per_word(p.spec.packing);
  a.q_stride = RoundUp(a.words_per_row * word_bytes, kRowAlignment) | kRowAlignment;
  return a;
}

}  // namespace

MatMul::MatMul(const bitmatmul_problem& problem, const Kernel& kernel, int64_t m)
    : code_(*kernel.code),
      activation_(problem.spec.activation),
      m_(m),
      tiles_(bitmatmul_row_tiles(&problem.spec)),
      args_(MakeArgs(problem, code_)) {
  const int64_t k = args_.k;
  rows_per_task_ = AtLeast(kValuesPerQuantizeTask / k, 1);
  rows_per_pass_ = code_.rows_per_pass != nullptr && m > 0
                       ? code_.rows_per_pass(m, args_.q_stride, tiles_)
                       : RoundUp(AtLeast(kRowBytesPerPass / args_.q_stride, 1), kRowsAtOnce);
  const int64_t macs_per_tile = kTileRows * k * AtLeast(m < rows_per_pass_ ? m : rows_per_pass_, 1);
  tiles_per_task_ = m > kMostStreamedRows ? TilesPerTask(code_, tiles_, macs_per_tile, CeilDiv(m, rows_per_pass_)) : 0;
  tasks_per_pass_ = m > kMostStreamedRows ? CeilDiv(tiles_, tiles_per_task_)
                                          : StreamedPieces(tiles_ * kTileRows * k, m, tiles_ / kTilesAtOnce);
  const size_t per_row = static_cast<size_t>(args_.q_stride) +
                         static_cast<size_t>(args_.groups) * (sizeof(float) + sizeof(int32_t)) + sizeof(uint8_t);
  scratch_bytes_ = static_cast<size_t>(m) * per_row + kRowAlignment;
}

void MatMul::Bind(void* scratch, const float* x, float* y) {
  const uintptr_t aligned = (reinterpret_cast<uintptr_t>(scratch) + kRowAlignment - 1) / kRowAlignment * kRowAlignment;
  q_ = reinterpret_cast<int8_t*>(aligned);
  inv_scale_ = reinterpret_cast<float*>(q_ + m_ * args_.q_stride);
  q_sum_ = reinterpret_cast<int32_t*>(inv_scale_ + m_ * args_.groups);
  finite_ = reinterpret_cast<uint8_t*>(q_sum_ + m_ * args_.groups);
  x_ = x;
  args_.q = q_;
  args_.inv_scale = inv_scale_;
  args_.q_sum = q_sum_;
  args_.y = y;
}

bool MatMul::QuantizeRow(int64_t row) {
  const QuantizeFn quantize = activation_ == BITMATMUL_SIGN ? code_.quantize_sign : code_.quantize_int8;
  const int64_t columns = args_.block_size == 0 ? args_.k : args_.block_size;
  for (int64_t g = 0; g < args_.groups; ++g) {
    const int64_t group = row * args_.groups + g;
    if (!quantize(x_ + row * args_.k + g * columns, columns, q_ + row * args_.q_stride + g * columns,
                  &inv_scale_[group], &q_sum_[group])) {
      return false;
    }
  }
  return true;
}

void MatMul::QuantizeTask(int64_t task) {
  const StandardFloatMode mode;
  for (int64_t row = task * rows_per_task_; row < m_ && row < (task + 1) * rows_per_task_; ++row) {
    int8_t* q = q_ + row * args_.q_stride;
    if (code_.bytes_per_word == 0) memset(q + args_.k, 0, static_cast<size_t>(args_.q_stride - args_.k));
    finite_[row] = QuantizeRow(row);
    if (finite_[row]) continue;
    // The kernel computes something harmless of it, which is then overwritten.
    memset(q, 0, static_cast<size_t>(args_.k));
    memset(inv_scale_ + row * args_.groups, 0, static_cast<size_t>(args_.groups) * sizeof(float));
    memset(q_sum_ + row * args_.groups, 0, static_cast<size_t>(args_.groups) * sizeof(int32_t));
  }
}

int64_t MatMul::TileBegin(int64_t piece) const {
  if (piece == tasks_per_pass_) return tiles_;
  return tiles_per_task_ > 0 ? piece * tiles_per_task_ : piece * tiles_ / tasks_per_pass_ / kTilesAtOnce * kTilesAtOnce;
}

void MatMul::MultiplyTask(int64_t task) {
  const StandardFloatMode mode;
  const int64_t tile = TileBegin(task % tasks_per_pass_);
  const int64_t tile_end = TileBegin(task % tasks_per_pass_ + 1);
  const int64_t row = task / tasks_per_pass_ * rows_per_pass_;
  const int64_t row_end = row + rows_per_pass_ < m_ ? row + rows_per_pass_ : m_;
  if (m_ <= kMostStreamedRows) Prefetch(tile, tile_end, row, row_end);
  code_.multiply(args_, tile, tile_end, row, row_end);
  FillNonFiniteRows(tile, tile_end, row, row_end);
}

void MatMul::Prefetch(int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) const {
  const int64_t first = tile_begin * kTileRows;
  const int64_t count = (tile_end * kTileRows < args_.n ? tile_end * kTileRows : args_.n) - first;
  if (args_.scale_stride != 0 && args_.block_size == 0) PrefetchFloats(args_.scale + first, count);
  if (args_.bias != nullptr) PrefetchFloats(args_.bias + first, count);
  PrefetchRows(args_.y + first, args_.n, count, row_begin, row_end);
}

void MatMul::FillNonFiniteRows(int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  const int64_t end = tile_end * kTileRows < args_.n ? tile_end * kTileRows : args_.n;
  for (int64_t row = row_begin; row < row_end; ++row) {
    if (finite_[row]) continue;
    for (int64_t n = tile_begin * kTileRows; n < end; ++n) args_.y[row * args_.n + n] = CanonicalNaN();
  }
}

}  // namespace bitmatmul

extern "C" int32_t bitmatmul_matmul(const bitmatmul_problem* problem, const char* isas, const float* x, int64_t x_count,
                                    int64_t m, float* y, int64_t y_count, char* text, size_t size) {
  using namespace bitmatmul;
  return CheckAndRunHere(
      problem, {isas, x, x_count, m, y, y_count, {text, size}}, bitmatmul_check_problem,
      [=](uint64_t features, const char* list, char* why, size_t length) {
        return bitmatmul_choose_kernel(&problem->spec, m, features, list, why, length);
      },
      [=](int32_t index) { return MatMul(*problem, KernelAt(index), m); });
}
