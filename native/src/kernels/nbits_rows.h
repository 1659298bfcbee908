// The loops of CustomMatMulNBits around an instruction set's sums of products. Weights come from memory once: outer
// loops go through output rows, a few side by side, inner ones through the rows of X.
//
// An instruction set is a struct with
//   kStreams<kRows>              output rows that it takes at once with kRows rows of X
//   kMostRows                    rows of X that it takes at once, a power of two
//   SumRows<kBits, kStreams, kRows>(args, n, m, acc)
//                                acc[r][s] = sum of weight * q of output row n + s and row m + r of X
//   SumSixteens<kBits>(args, weights, q, at, sums)
//                                for the 256 columns from `at` on of one row of weights and one of X: sums of
//                                (weight + kOffset<kBits>) * q of 16 columns each, in ascending order
//   kOffset<kBits>               what is added to weights in those
#pragma once

#include "kernels/canonical_nan.h"
#include "kernels/nbits_kernel.h"

namespace bitmatmul {
namespace {

// What a stored number is above its weight.
template <int kBits>
constexpr int32_t kZeroPoint = 1 << (kBits - 1);

// Columns whose sums of sixteens are kept at once in block scales.
constexpr int64_t kColumnsAtOnce = 4096;
constexpr int kBlockStreams = 4;

// From one stream to the bytes that it should ask for: those of the row that it gets next, or some further on.
inline int64_t NBitsAhead(const NBitsArgs& a, int streams) { return streams * a.row_bytes; }

// y = (float(acc) * scale) * (1 / s).
template <class Isa, int kBits, int kStreams, int kRows>
void MultiplyRowScales(const NBitsArgs& a, int64_t n, int64_t m) {
  int64_t acc[kRows][kStreams];
  Isa::template SumRows<kBits, kStreams, kRows>(a, n, m, acc);
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      a.y[(m + r) * a.n + n + s] = (static_cast<float>(acc[r][s]) * a.scale[n + s]) * a.inv_scale[m + r];
    }
  }
}

template <class Isa, int kBits, int kStreams, int kRows>
void MultiplyRowsOfX(const NBitsArgs& a, int64_t n, int64_t m, int64_t row_end) {
  for (; m + kRows <= row_end; m += kRows) MultiplyRowScales<Isa, kBits, kStreams, kRows>(a, n, m);
  if constexpr (kRows > 1) MultiplyRowsOfX<Isa, kBits, kStreams, kRows / 2>(a, n, m, row_end);
}

template <class Isa, int kBits, int kRows>
void MultiplyRange(const NBitsArgs& a, int64_t n, int64_t n_end, int64_t row_begin, int64_t row_end) {
  if constexpr (kRows > 1) {
    if (row_end - row_begin < kRows) return MultiplyRange<Isa, kBits, kRows / 2>(a, n, n_end, row_begin, row_end);
  }
  constexpr int kStreams = Isa::template kStreams<kRows>;
  for (; n + kStreams <= n_end; n += kStreams) {
    MultiplyRowsOfX<Isa, kBits, kStreams, kRows>(a, n, row_begin, row_end);
  }
  for (; n < n_end; ++n) MultiplyRowsOfX<Isa, kBits, 1, kRows>(a, n, row_begin, row_end);
}

// t[s] = t[s] + float(acc) * scale for the blocks in columns [at, end), block after block.
template <int kStreams>
void AddBlocks(const NBitsArgs& a, int64_t n, int64_t m, int64_t at, int64_t end, int32_t offset,
               const int32_t (&sums)[kStreams][kColumnsAtOnce / 16], float (&t)[kStreams]) {
  const int64_t sixteens = a.block_size / 16;
  for (int64_t g = at / a.block_size; g < end / a.block_size; ++g) {
    const DigitSums& q = a.sums[m * a.groups + g];
    const int32_t correction = offset * (128 * q.high + q.low);
    const int64_t first = (g * a.block_size - at) / 16;
    for (int s = 0; s < kStreams; ++s) {
      int32_t acc = -correction;
      for (int64_t i = first; i < first + sixteens; ++i) acc += sums[s][i];
      t[s] = t[s] + static_cast<float>(acc) * a.scale[(n + s) * a.groups + g];
    }
  }
}

// y = t * (1 / s). Infinities of opposite signs cancel to a NaN whose bits differ between CPUs: make them one.
template <class Isa, int kBits, int kStreams>
void MultiplyBlockScales(const NBitsArgs& a, int64_t n, int64_t m) {
  float t[kStreams] = {};
  const int8_t* q = a.q + m * 2 * a.padded;
  for (int64_t at = 0; at < a.k; at += kColumnsAtOnce) {
    const int64_t end = at + kColumnsAtOnce < a.k ? at + kColumnsAtOnce : a.k;
    alignas(64) int32_t sums[kStreams][kColumnsAtOnce / 16];
    for (int64_t k = at; k < end; k += kNBitsPadding) {
      for (int s = 0; s < kStreams; ++s) {
        Isa::template SumSixteens<kBits>(a, a.weights + (n + s) * a.row_bytes, q, k, sums[s] + (k - at) / 16);
      }
    }
    AddBlocks(a, n, m, at, end, Isa::template kOffset<kBits>, sums, t);
  }
  for (int s = 0; s < kStreams; ++s) {
    const float v = t[s] * a.inv_scale[m];
    a.y[m * a.n + n + s] = v == v ? v : CanonicalNaN();
  }
}

template <class Isa, int kBits>
void MultiplyBlockRange(const NBitsArgs& a, int64_t n, int64_t n_end, int64_t row_begin, int64_t row_end) {
  for (; n + kBlockStreams <= n_end; n += kBlockStreams) {
    for (int64_t m = row_begin; m < row_end; ++m) MultiplyBlockScales<Isa, kBits, kBlockStreams>(a, n, m);
  }
  for (; n < n_end; ++n) {
    for (int64_t m = row_begin; m < row_end; ++m) MultiplyBlockScales<Isa, kBits, 1>(a, n, m);
  }
}

// An NBitsMultiplyFn.
template <class Isa>
void MultiplyNBits(const NBitsArgs& a, int64_t n_begin, int64_t n_end, int64_t row_begin, int64_t row_end) {
  if (a.block_size != 0) {
    if (a.bits == 8) return MultiplyBlockRange<Isa, 8>(a, n_begin, n_end, row_begin, row_end);
    return MultiplyBlockRange<Isa, 4>(a, n_begin, n_end, row_begin, row_end);
  }
  if (a.bits == 8) return MultiplyRange<Isa, 8, Isa::kMostRows>(a, n_begin, n_end, row_begin, row_end);
  MultiplyRange<Isa, 4, Isa::kMostRows>(a, n_begin, n_end, row_begin, row_end);
}

}  // namespace
}  // namespace bitmatmul
