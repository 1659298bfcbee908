// The loops of CustomMatMulF16. Weights come from memory once: outer loops go through output rows, a few at once as
// streams (streams.h), inner ones through the rows of X, and a weight is converted once for several of those. The file
// that includes this says also
//   Vec, kParts                 16 sums are so many vectors
//   Zero()
//   LoadWeights(p), LoadX(p)    a vector of weights, as floats; of activations
//   Fma(w, x, sum)              w * x + sum, rounded once
//   SumUp(parts)                of 16 sums, halves added to halves: 8, 4, 2, 1
//   Prefetch(p)
//   kStreams<kRows>             output rows that it takes at once with kRows rows of X
//   kMostRows                   rows of X that it takes at once, a power of two
#pragma once

#include <cstring>

#include "kernels/canonical_nan.h"
#include "kernels/f16_kernel.h"
#include "kernels/streams.h"
#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

constexpr int64_t kSums = 16;
// A cache line of weights.
constexpr int64_t kLine = 32;

// 16 columns from `at` on.
template <int kTheStreams, int kRows>
inline void AddColumns(const uint16_t* weights, int64_t run, const float* x, int64_t k, int64_t at,
                       Vec (&sums)[kRows][kTheStreams][kParts]) {
  BITMATMUL_UNROLLED for (int i = 0; i < kParts; ++i) {
    const int64_t column = at + i * (kSums / kParts);
    Vec w[kTheStreams];
    BITMATMUL_UNROLLED for (int s = 0; s < kTheStreams; ++s) w[s] = LoadWeights(weights + s * run + column);
    BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
      const Vec row = LoadX(x + r * k + column);
      BITMATMUL_UNROLLED for (int s = 0; s < kTheStreams; ++s) sums[r][s][i] = Fma(w[s], row, sums[r][s][i]);
    }
  }
}

// The last columns, of which there are fewer, and zeros.
template <int kTheStreams, int kRows>
inline void AddLastColumns(const uint16_t* weights, int64_t run, const float* x, int64_t k, int64_t at,
                           Vec (&sums)[kRows][kTheStreams][kParts]) {
  alignas(64) uint16_t w[kTheStreams][kSums] = {};
  alignas(64) float rows[kRows][kSums] = {};
  const size_t count = static_cast<size_t>(k - at);
  for (int s = 0; s < kTheStreams; ++s) memcpy(w[s], weights + s * run + at, count * sizeof(uint16_t));
  for (int r = 0; r < kRows; ++r) memcpy(rows[r], x + r * k + at, count * sizeof(float));
  AddColumns<kTheStreams, kRows>(w[0], kSums, rows[0], kSums, 0, sums);
}

// y of the output rows n, n + run, ... and the rows m .. m + kRows - 1 of X.
template <int kTheStreams, int kRows>
void MultiplyRows(const F16Args& a, int64_t n, int64_t run, int64_t m) {
  const uint16_t* const weights = a.weights + n * a.k;
  const float* const x = a.x + m * a.k;
  const int64_t apart = run * a.k;
  Vec sums[kRows][kTheStreams][kParts];
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int s = 0; s < kTheStreams; ++s) {
      BITMATMUL_UNROLLED for (int i = 0; i < kParts; ++i) sums[r][s][i] = Zero();
    }
  }
  int64_t at = 0;
  for (; at + kLine <= a.k; at += kLine) {
    BITMATMUL_UNROLLED for (int s = 0; s < kTheStreams; ++s) {
      Prefetch(reinterpret_cast<const char*>(weights + s * apart + at) + kAhead<kTheStreams>);
    }
    AddColumns<kTheStreams, kRows>(weights, apart, x, a.k, at, sums);
    AddColumns<kTheStreams, kRows>(weights, apart, x, a.k, at + kSums, sums);
  }
  for (; at + kSums <= a.k; at += kSums) AddColumns<kTheStreams, kRows>(weights, apart, x, a.k, at, sums);
  if (at < a.k) AddLastColumns<kTheStreams, kRows>(weights, apart, x, a.k, at, sums);
  BITMATMUL_UNROLLED for (int r = 0; r < kRows; ++r) {
    BITMATMUL_UNROLLED for (int s = 0; s < kTheStreams; ++s) {
      const float y = SumUp(sums[r][s]);
      a.y[(m + r) * a.n + n + s * run] = y == y ? y : CanonicalNaN();
    }
  }
}

template <int kTheStreams, int kRows>
void MultiplyRowsOfX(const F16Args& a, int64_t n, int64_t run, int64_t m, int64_t row_end) {
  for (; m + kRows <= row_end; m += kRows) MultiplyRows<kTheStreams, kRows>(a, n, run, m);
  if constexpr (kRows > 1) MultiplyRowsOfX<kTheStreams, kRows / 2>(a, n, run, m, row_end);
}

template <int kRows>
void MultiplyRange(const F16Args& a, int64_t n, int64_t n_end, int64_t row_begin, int64_t row_end) {
  if constexpr (kRows > 1) {
    if (row_end - row_begin < kRows) return MultiplyRange<kRows / 2>(a, n, n_end, row_begin, row_end);
  }
  const int64_t run = (n_end - n) / kStreams<kRows>;
  for (int64_t i = 0; i < run; ++i) MultiplyRowsOfX<kStreams<kRows>, kRows>(a, n + i, run, row_begin, row_end);
  for (n += run * kStreams<kRows>; n < n_end; ++n) MultiplyRowsOfX<1, kRows>(a, n, 1, row_begin, row_end);
}

// An F16MultiplyFn.
void MultiplyF16(const F16Args& a, int64_t n_begin, int64_t n_end, int64_t row_begin, int64_t row_end) {
  MultiplyRange<kMostRows>(a, n_begin, n_end, row_begin, row_end);
}

}  // namespace
}  // namespace bitmatmul
