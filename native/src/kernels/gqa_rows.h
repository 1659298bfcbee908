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
//   Prefetch(p)                     a cache line into the nearest cache
//   kMostDirectRows                 0, or up to so many rows get scores of keys that TransposeRows(rows, k) leaves in
//                                   registers: number i of 16 rows in k[i]
//   kMostRows                       rows that it takes at once, a power of two
//   kScoreVecs<kRows>, kValueVecs<kRows>  vectors of columns, of a head, that it takes at once with kRows rows
#pragma once

#include "kernels/gqa_kernel.h"
#include "kernels/gqa_scores.h"
#include "kernels/gqa_softmax.h"
#include "kernels/gqa_values.h"

namespace bitmatmul {
namespace {

// out: D floats; x: D floats, both halves of each pair in one rotation.
inline void Rotate(const GqaArgs& a, int64_t position, const float* x, float* out) {
  const int64_t half = a.head_dim / 2;
  const float* const cos = a.cos + position * half;
  const float* const sin = a.sin + position * half;
  int64_t d = 0;
  for (; d + kLanes <= half; d += kLanes) {
    const Vec first = Load(x + d), second = Load(x + d + half), c = Load(cos + d), s = Load(sin + d);
    Store(out + d, Subtract(Multiply(first, c), Multiply(second, s)));
    Store(out + d + half, Add(Multiply(second, c), Multiply(first, s)));
  }
  for (; d < half; ++d) {
    const float first = x[d], second = x[d + half];
    out[d] = first * cos[d] - second * sin[d];
    out[d + half] = second * cos[d] + first * sin[d];
  }
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

void Weigh(const GqaArgs& a, const GqaBlock& block, int64_t row, int64_t row_end) {
  for (; row < row_end; ++row) {
    const int64_t columns = GqaColumns(a, block.b, block.token + row / a.group);
    block.factors[row] = columns > 0 ? Softmax(block.scores + row * block.stride, columns) : 1;
  }
}

constexpr GqaKernelCode kGqaCode = {&Append, &RotateQueries, &Score, &Weigh, &SumUpValues};

}  // namespace
}  // namespace bitmatmul
