// Scores of CustomGroupQueryAttention; the names are those of gqa_rows.h.
#pragma once

#include "kernels/gqa_kernel.h"
#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kPanelVecs = kGqaPanel / kLanes;
// How many columns ahead keys are asked for.
constexpr int64_t kKeysAhead = 16;
constexpr int64_t kDirectKeysAhead = 2 * kLanes;

inline float* CacheOf(const GqaArgs& a, float* cache, int64_t b, int64_t g) {
  return cache + (b * a.kv_heads + g) * a.capacity * a.head_dim;
}

// Keys of `count` columns into as many columns of the panel and, up to a whole vector, the last one's again: what lies
// behind it may not be there.
inline void FillPanel(const float* keys, int64_t head_dim, int64_t count, float* panel) {
  for (int64_t c = 0; c < (count + kLanes - 1) / kLanes * kLanes; c += kTranspose) {
    const float* rows[kTranspose];
    for (int64_t i = 0; i < kTranspose; ++i) {
      rows[i] = keys + (c + i < count ? c + i : count - 1) * head_dim;
    }
    for (int64_t d = 0; d < head_dim; d += kTranspose) {
      for (int64_t i = 0; i < kTranspose; i += kLanes / kTranspose) {
        Prefetch(keys + (c + kKeysAhead) * head_dim + (d + i) * kTranspose);
      }
      TransposeTo<kGqaPanel>(rows, panel + d * kGqaPanel + c);
      for (int64_t i = 0; i < kTranspose; ++i) rows[i] += kTranspose;
    }
  }
}

// Scores of kRows rows with a vector of columns, of which `count` are there. V is Vec: where there is no TransposeRows,
// nothing asks for this. One vector, and keys asked for two ahead: with two they came a quarter slower from memory.
template <int kRows, class V>
inline void ScoreDirectTile(const float* q, int64_t head_dim, const float* keys, int64_t count, float* scores,
                            int64_t stride) {
  const float* rows[kLanes];
  for (int64_t i = 0; i < kLanes; ++i) rows[i] = keys + (i < count ? i : count - 1) * head_dim;
  const float* next = keys + kDirectKeysAhead * head_dim;
  Vec sums[kRows];
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) sums[r] = Zero();
  for (int64_t d = 0; d < head_dim; d += kLanes) {
    const float* from[kLanes];
    BITMATMUL_UNROLLED for (int i = 0; i < kLanes; ++i, next += kLanes) {
      Prefetch(next);
      from[i] = rows[i] + d;
    }
    V k[kLanes];
    TransposeRows(from, k);
    BITMATMUL_UNROLLED for (int i = 0; i < kLanes; ++i) {
      BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) sums[r] = Fma(Each(q[r * head_dim + d + i]), k[i], sums[r]);
    }
  }
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) Store(scores + r * stride, sums[r]);
}

// Scores of kRows rows with kVecs vectors of columns of a panel.
template <int kRows, int kVecs>
inline void ScoreTile(const float* q, int64_t head_dim, const float* panel, float* scores, int64_t stride) {
  Vec sums[kRows][kVecs];
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) sums[r][j] = Zero();
  }
  for (int64_t d = 0; d < head_dim; ++d) {
    Vec k[kVecs];
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) k[j] = Load(panel + d * kGqaPanel + j * kLanes);
    BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
      const Vec x = Each(q[r * head_dim + d]);
      BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) sums[r][j] = Fma(x, k[j], sums[r][j]);
    }
  }
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) Store(scores + r * stride + j * kLanes, sums[r][j]);
  }
}

template <int kRows, int kVecs>
void ScoreVecs(const float* q, int64_t head_dim, const float* panel, float* scores, int64_t stride, int64_t vecs) {
  for (; vecs >= kVecs; vecs -= kVecs, panel += kVecs * kLanes, scores += kVecs * kLanes) {
    ScoreTile<kRows, kVecs>(q, head_dim, panel, scores, stride);
  }
  if constexpr (kVecs > 1) {
    if (vecs > 0) ScoreVecs<kRows, kVecs - 1>(q, head_dim, panel, scores, stride, vecs);
  }
}

// Scores of the rows [row, row_end) with the panel's columns, of which `column` is the first.
template <int kRows>
void ScoreRows(const GqaArgs& a, const GqaBlock& block, int64_t column, int64_t row, int64_t row_end) {
  for (; row + kRows <= row_end; row += kRows) {
    const int64_t columns = GqaColumns(a, block.b, block.token + (row + kRows - 1) / a.group) - column;
    const int64_t vecs = columns >= kGqaPanel ? kPanelVecs : (columns + kLanes - 1) / kLanes;
    ScoreVecs<kRows, kScoreVecs<kRows>>(block.queries + row * a.head_dim, a.head_dim, block.panel,
                                        block.scores + row * block.stride + column, block.stride, vecs);
  }
  if constexpr (kRows > 1) ScoreRows<kRows / 2>(a, block, column, row, row_end);
}

// The first row that sees a column.
inline int64_t FirstRow(const GqaArgs& a, const GqaBlock& block, int64_t column) {
  const int64_t tokens = column + 1 - GqaColumns(a, block.b, block.token);
  return tokens > 0 ? tokens * a.group : 0;
}

// Scores of all rows, of which there are kRows or fewer: too few for a panel of keys to be worth writing.
template <int kRows>
void ScoreDirect(const GqaArgs& a, const GqaBlock& block, const float* keys, int64_t column, int64_t column_end) {
  if constexpr (kRows > 0) {
    if ((block.token_end - block.token) * a.group < kRows) {
      return ScoreDirect<kRows - 1>(a, block, keys, column, column_end);
    }
    for (; column < column_end; column += kLanes) {
      ScoreDirectTile<kRows, Vec>(block.queries, a.head_dim, keys + column * a.head_dim, column_end - column,
                                  block.scores + column, block.stride);
    }
  }
}

void Score(const GqaArgs& a, const GqaBlock& block, int64_t column, int64_t column_end) {
  const float* const keys = CacheOf(a, a.keys, block.b, block.g) + a.padding[block.b] * a.head_dim;
  if ((block.token_end - block.token) * a.group <= kMostDirectRows) {
    return ScoreDirect<kMostDirectRows>(a, block, keys, column, column_end);
  }
  for (; column < column_end; column += kGqaPanel) {
    const int64_t count = column_end - column < kGqaPanel ? column_end - column : kGqaPanel;
    FillPanel(keys + column * a.head_dim, a.head_dim, count, block.panel);
    ScoreRows<kMostRows>(a, block, column, FirstRow(a, block, column), (block.token_end - block.token) * a.group);
  }
}

}  // namespace
}  // namespace bitmatmul
