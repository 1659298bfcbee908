// CustomGroupQueryAttention over vectors of 16 floats. Scores are outer products of a few rows and of columns that lie
// side by side in a panel of transposed keys; values are added up for a few rows and some numbers of a head. Every sum
// runs through its terms one by one, so that no blocking changes a bit. The file that includes this says also
//   Vec                             16 floats
//   Zero(), Each(x), Load(p), Store(p, v)
//   Add(a, b), Subtract(a, b), Multiply(a, b)
//   Fma(a, b, c)                    a * b + c, rounded once
//   Max(a, b)                       b where a is NaN
//   Round(v)                        to whole numbers, half to even
//   PowerOfTwo(n)                   2^n of whole numbers -126..0; anything of others
//   ZeroBelow(x, limit, v)          +0 where x < limit, else v
//   KeepFirst(v, count, other)      lanes from count on become other's, 0 <= count <= 16
//   Canonical(v)                    NaNs become 0x7fc00000
//   SumUp(v), Largest(v)            halves added to halves: 8, 4, 2, 1; without NaNs
//   kTranspose, TransposeTo<kStride>(rows, out)  so many floats of each of so many rows as columns, rows kStride apart
//   kMostRows                       rows that it takes at once, a power of two
//   kScoreVecs<kRows>, kValueVecs<kRows>  vectors of columns, of a head, that it takes at once with kRows rows
#pragma once

#include "kernels/gqa_kernel.h"
#include "kernels/gqa_softmax.h"
#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kPanelVecs = kGqaPanel / kLanes;

// out: D floats; x: D floats, both halves of each pair in one rotation.
inline void Rotate(const GqaArgs& a, int64_t position, const float* x, float* out) {
  const int64_t half = a.head_dim / 2;
  const float* const cos = a.cos + position * half;
  const float* const sin = a.sin + position * half;
  for (int64_t d = 0; d < half; ++d) {
    const float first = x[d], second = x[d + half];
    out[d] = first * cos[d] - second * sin[d];
    out[d + half] = second * cos[d] + first * sin[d];
  }
}

inline float* CacheOf(const GqaArgs& a, float* cache, int64_t b, int64_t g) {
  return cache + (b * a.kv_heads + g) * a.capacity * a.head_dim;
}

void Append(const GqaArgs& a, int64_t b, int64_t g, int64_t token, int64_t token_end) {
  for (int64_t i = token; i < token_end; ++i) {
    const int64_t column = (a.start + i) * a.head_dim;
    float* const key = CacheOf(a, a.keys, b, g) + column;
    float* const value = CacheOf(a, a.values, b, g) + column;
    const int64_t from = (b * a.tokens + i) * a.key_stride + g * a.head_dim;
    const int64_t position = GqaColumns(a, b, i) - 1;
    const Vec zero = Zero();
    if (position >= 0) Rotate(a, position, a.key + from, key);
    for (int64_t d = 0; d < a.head_dim; d += kLanes) {
      Store(key + d, position < 0 ? zero : Canonical(Load(key + d)));
      Store(value + d, position < 0 ? zero : Canonical(Load(a.value + from + d)));
    }
  }
}

void RotateQueries(const GqaArgs& a, const GqaBlock& block) {
  float* out = block.queries;
  const Vec scale = Each(a.scale);
  for (int64_t i = block.token; i < block.token_end; ++i) {
    const int64_t position = GqaColumns(a, block.b, i) - 1;
    const float* const from = a.query + (block.b * a.tokens + i) * a.query_stride + block.g * a.group * a.head_dim;
    for (int64_t h = 0; h < a.group; ++h, out += a.head_dim) {
      if (position < 0) continue;  // never read
      Rotate(a, position, from + h * a.head_dim, out);
      for (int64_t d = 0; d < a.head_dim; d += kLanes) Store(out + d, Multiply(Load(out + d), scale));
    }
  }
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
      TransposeTo<kGqaPanel>(rows, panel + d * kGqaPanel + c);
      for (int64_t i = 0; i < kTranspose; ++i) rows[i] += kTranspose;
    }
  }
}

// Scores of kRows rows with kVecs vectors of columns.
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

void Score(const GqaArgs& a, const GqaBlock& block, int64_t column, int64_t column_end) {
  const float* const keys = CacheOf(a, a.keys, block.b, block.g) + a.padding[block.b] * a.head_dim;
  for (; column < column_end; column += kGqaPanel) {
    const int64_t count = column_end - column < kGqaPanel ? column_end - column : kGqaPanel;
    FillPanel(keys + column * a.head_dim, a.head_dim, count, block.panel);
    // Tokens before this one see none of these columns.
    const int64_t first = block.token + column + 1 - GqaColumns(a, block.b, block.token);
    const int64_t token = first > block.token ? first : block.token;
    ScoreRows<kMostRows>(a, block, column, (token - block.token) * a.group, (block.token_end - block.token) * a.group);
  }
}

void Weigh(const GqaArgs& a, const GqaBlock& block, int64_t row, int64_t row_end) {
  for (; row < row_end; ++row) {
    const int64_t columns = GqaColumns(a, block.b, block.token + row / a.group);
    block.factors[row] = columns > 0 ? Softmax(block.scores + row * block.stride, columns) : 1;
  }
}

// [d, d + kVecs * 16) of y of the rows from `row` on, of which the first sees the fewest columns.
template <int kRows, int kVecs>
inline void ValueTile(const GqaArgs& a, const GqaBlock& block, const float* values, int64_t row, int64_t d) {
  const float* const weights = block.scores + row * block.stride;
  const int64_t stride = block.stride;
  Vec sums[kRows][kVecs];
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) sums[r][j] = Zero();
  }
  const int64_t all = GqaColumns(a, block.b, block.token + row / a.group);
  int64_t t = 0;
  for (; t < all; ++t) {
    Vec v[kVecs];
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) v[j] = Load(values + t * a.head_dim + d + j * kLanes);
    BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
      const Vec weight = Each(weights[r * stride + t]);
      BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) sums[r][j] = Fma(weight, v[j], sums[r][j]);
    }
  }
  int64_t columns[kRows];
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    columns[r] = GqaColumns(a, block.b, block.token + (row + r) / a.group);
  }
  for (; t < columns[kRows - 1]; ++t) {
    BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
      if (t >= columns[r]) continue;
      const Vec weight = Each(weights[r * stride + t]);
      BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) {
        sums[r][j] = Fma(weight, Load(values + t * a.head_dim + d + j * kLanes), sums[r][j]);
      }
    }
  }
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    const int64_t token = block.b * a.tokens + block.token + (row + r) / a.group;
    float* const y = a.y + (token * a.heads + block.g * a.group + (row + r) % a.group) * a.head_dim + d;
    const Vec factor = Each(block.factors[row + r]);
    BITMATMUL_UNROLLED for (int j = 0; j < kVecs; ++j) {
      Store(y + j * kLanes, Canonical(Multiply(sums[r][j], factor)));
    }
  }
}

template <int kRows, int kVecs>
void ValueVecs(const GqaArgs& a, const GqaBlock& block, const float* values, int64_t row, int64_t d, int64_t d_end) {
  for (; d + kVecs * kLanes <= d_end; d += kVecs * kLanes) ValueTile<kRows, kVecs>(a, block, values, row, d);
  if constexpr (kVecs > 1) {
    if (d < d_end) ValueVecs<kRows, kVecs / 2>(a, block, values, row, d, d_end);
  }
}

template <int kRows>
void SumUpRows(const GqaArgs& a, const GqaBlock& block, const float* values, int64_t row, int64_t d, int64_t d_end) {
  const int64_t rows = (block.token_end - block.token) * a.group;
  for (; row + kRows <= rows; row += kRows) {
    ValueVecs<kRows, kValueVecs<kRows>>(a, block, values, row, d, d_end);
  }
  if constexpr (kRows > 1) SumUpRows<kRows / 2>(a, block, values, row, d, d_end);
}

void SumUpValues(const GqaArgs& a, const GqaBlock& block, int64_t d, int64_t d_end) {
  const float* const values = CacheOf(a, a.values, block.b, block.g) + a.padding[block.b] * a.head_dim;
  SumUpRows<kMostRows>(a, block, values, 0, d, d_end);
}

constexpr GqaKernelCode kGqaCode = {&Append, &RotateQueries, &Score, &Weigh, &SumUpValues};

}  // namespace
}  // namespace bitmatmul
