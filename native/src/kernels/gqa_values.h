// Sums of values of CustomGroupQueryAttention; the names are those of gqa_rows.h. Values are read a few columns at a
// time, as many as stay in the L1 cache until all rows have had them; what rows have summed up waits in memory.
#pragma once

#include "kernels/gqa_kernel.h"
#include "kernels/gqa_scores.h"
#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

constexpr int64_t kValuesAtOnce = 8 * 1024;
// How many columns ahead rows are asked for.
constexpr int64_t kValuesAhead = 16;

// The columns at hand, for some rows.
struct ValueSpan {
  int64_t begin;
  int64_t all;  // before it all rows see columns, from it to `end` those that are not past their own
  int64_t end;
  const int64_t* columns;  // of each row
  int64_t fetch;           // numbers of each column to ask for ahead
};

// Adds the span's columns to kRows rows' sums of kVecs vectors.
template <int kRows, int kVecs>
inline void ValueTile(const ValueSpan& span, const float* weights, int64_t stride, const float* values,
                      int64_t head_dim, float* to) {
  Vec sums[kRows][kVecs];
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) {
      sums[r][j] = span.begin == 0 ? Zero() : Load(to + r * head_dim + j * kLanes);
    }
  }
  int64_t t = span.begin;
  for (; t < span.all; ++t) {
    const float* const row = values + t * head_dim;
    for (int64_t d = 0; d < span.fetch; d += kLanes) Prefetch(row + kValuesAhead * head_dim + d);
    Vec v[kVecs];
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) v[j] = Load(row + j * kLanes);
    BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
      const Vec weight = Each(weights[r * stride + t]);
      BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) sums[r][j] = Fma(weight, v[j], sums[r][j]);
    }
  }
  for (; t < span.end; ++t) {
    BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
      if (t >= span.columns[r]) continue;
      const Vec weight = Each(weights[r * stride + t]);
      BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) {
        sums[r][j] = Fma(weight, Load(values + t * head_dim + j * kLanes), sums[r][j]);
      }
    }
  }
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) Store(to + r * head_dim + j * kLanes, sums[r][j]);
  }
}

template <int kRows, int kVecs>
void ValueVecs(ValueSpan span, const float* weights, int64_t stride, const float* values, int64_t head_dim, float* to,
               int64_t vecs) {
  for (; vecs >= kVecs; vecs -= kVecs, values += kVecs * kLanes, to += kVecs * kLanes) {
    ValueTile<kRows, kVecs>(span, weights, stride, values, head_dim, to);
    span.fetch = 0;
  }
  if constexpr (kVecs > 1) {
    if (vecs > 0) ValueVecs<kRows, kVecs - 1>(span, weights, stride, values, head_dim, to, vecs);
  }
}

// The columns [column, column_end) for the rows [row, row_end).
template <int kRows>
void SumUpRows(const GqaArgs& a, const GqaBlock& block, const float* values, int64_t column, int64_t column_end,
               int64_t row, int64_t row_end, int64_t d, int64_t d_end, int64_t fetch) {
  for (; row + kRows <= row_end; row += kRows, fetch = 0) {
    const int64_t least = GqaColumns(a, block.b, block.token + row / a.group);
    int64_t columns[kRows] = {};
    ValueSpan span{column, column_end, column_end, columns, fetch};
    if (least < column_end) {
      for (int r = 0; r < kRows; ++r) columns[r] = GqaColumns(a, block.b, block.token + (row + r) / a.group);
      span.all = least;
      if (columns[kRows - 1] < column_end) span.end = columns[kRows - 1];
    }
    ValueVecs<kRows, kValueVecs<kRows>>(span, block.scores + row * block.stride, block.stride, values + d, a.head_dim,
                                        block.queries + row * a.head_dim + d, (d_end - d) / kLanes);
  }
  if constexpr (kRows > 1) {
    SumUpRows<kRows / 2>(a, block, values, column, column_end, row, row_end, d, d_end, fetch);
  }
}

inline void WriteRows(const GqaArgs& a, const GqaBlock& block, int64_t d, int64_t d_end) {
  const float* sums = block.queries;
  const float* factor = block.factors;
  for (int64_t i = block.token; i < block.token_end; ++i) {
    float* y = a.y + ((block.b * a.tokens + i) * a.heads + block.g * a.group) * a.head_dim;
    for (int64_t h = 0; h < a.group; ++h, sums += a.head_dim, y += a.head_dim, ++factor) {
      const Vec each = Each(*factor);
      for (int64_t j = d; j < d_end; j += kLanes) Store(y + j, Canonical(Multiply(Load(sums + j), each)));
    }
  }
}

void SumUpValues(const GqaArgs& a, const GqaBlock& block, int64_t d, int64_t d_end) {
  const float* const values = CacheOf(a, a.values, block.b, block.g) + a.padding[block.b] * a.head_dim;
  const int64_t rows = (block.token_end - block.token) * a.group;
  const int64_t columns = GqaColumns(a, block.b, block.token_end - 1);
  const int64_t at_once = kValuesAtOnce / a.head_dim;
  int64_t t = 0;
  do {
    const int64_t end = columns - t < at_once ? columns : t + at_once;
    SumUpRows<kMostRows>(a, block, values, t, end, t == 0 ? 0 : FirstRow(a, block, t), rows, d, d_end, d_end - d);
    t = end;
  } while (t < columns);
  WriteRows(a, block, d, d_end);
}

}  // namespace
}  // namespace bitmatmul
