// The loops of CustomMatMulNBits around an instruction set's sums of products. Weights come from memory once: outer
// loops go through output rows, a few at once as streams (streams.h), inner ones through the rows of X.
//
// An instruction set is a struct with
//   kStreams<kRows>              output rows that it takes at once with kRows rows of X
//   kMostRows                    rows of X that it takes at once, a power of two
//   SumRows<kBits, kStreams, kRows>(args, n, run, m, acc)
//                                acc[r][s] = sum of weight * q of output row n + s * run and row m + r of X
//   SumSixteens<kBits>(args, weights, q, at, sums)
//                                for the 256 columns from `at` on of one row of weights and one of X: sums of
//                                (weight + kOffset<kBits>) * q of 16 columns each, in ascending order
//   kOffset<kBits>               what is added to weights in those
//   kTakesBlocks<kBits, kSixteens>
//                                whether it has, for blocks of that many times 16 columns,
//   MultiplyBlocks<kBits, kSixteens, kRows>(args, n, run, m)
//                                all of y for the output rows n, n + run, ..., kBlockStreams of them, and the rows
//                                m .. m + kRows - 1 of X; kRows is kBlockRows or 1
#pragma once

#include "kernels/canonical_nan.h"
#include "kernels/nbits_kernel.h"
#include "kernels/streams.h"

namespace bitmatmul {
namespace {

// What a stored number is above its weight.
template <int kBits>
constexpr int32_t kZeroPoint = 1 << (kBits - 1);

// Columns whose sums of sixteens are kept at once in block scales.
constexpr int64_t kColumnsAtOnce = 4096;
constexpr int kBlockStreams = 4;

// From a byte of a row of weights to the place of its first activation in a quantized row. For 4 bits that is the one
// of the lower half; the upper half's is half a chunk further.
template <int kBits>
inline int64_t PlaceOf(int64_t at) {
  return kBits == 8 ? at : 2 * at - at % (kNBitsChunk / 2);
}

// y = (float(acc) * scale) * (1 / s).
template <class Isa, int kBits, int kStreams, int kRows>
void MultiplyRowScales(const NBitsArgs& a, int64_t n, int64_t run, int64_t m) {
  int64_t acc[kRows][kStreams];
  Isa::template SumRows<kBits, kStreams, kRows>(a, n, run, m, acc);
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      const int64_t at = n + s * run;
      a.y[(m + r) * a.n + at] = (static_cast<float>(acc[r][s]) * a.scale[at]) * a.inv_scale[m + r];
    }
  }
}

template <class Isa, int kBits, int kStreams, int kRows>
void MultiplyRowsOfX(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t row_end) {
  for (; m + kRows <= row_end; m += kRows) MultiplyRowScales<Isa, kBits, kStreams, kRows>(a, n, run, m);
  if constexpr (kRows > 1) MultiplyRowsOfX<Isa, kBits, kStreams, kRows / 2>(a, n, run, m, row_end);
}

template <class Isa, int kBits, int kRows>
void MultiplyRange(const NBitsArgs& a, int64_t n, int64_t n_end, int64_t row_begin, int64_t row_end) {
  if constexpr (kRows > 1) {
    if (row_end - row_begin < kRows) return MultiplyRange<Isa, kBits, kRows / 2>(a, n, n_end, row_begin, row_end);
  }
  constexpr int kStreams = Isa::template kStreams<kRows>;
  const int64_t run = (n_end - n) / kStreams;
  for (int64_t i = 0; i < run; ++i) {
    MultiplyRowsOfX<Isa, kBits, kStreams, kRows>(a, n + i, run, row_begin, row_end);
  }
  for (n += run * kStreams; n < n_end; ++n) MultiplyRowsOfX<Isa, kBits, 1, kRows>(a, n, 1, row_begin, row_end);
}

// t[s] = t[s] + float(acc) * scale for the blocks in columns [at, end), block after block. A block is kSixteens sums.
template <int kSixteens, int kStreams>
void AddBlocks(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t at, int64_t end, int32_t offset,
               const int32_t (&sums)[kStreams][kColumnsAtOnce / 16], float (&t)[kStreams]) {
  const int64_t first = at / (16 * kSixteens);
  const int64_t count = (end - at) / (16 * kSixteens);
  const DigitSums* const q = a.sums + m * a.groups + first;
  float scaled[kStreams][kColumnsAtOnce / 16];
  for (int s = 0; s < kStreams; ++s) {
    const float* const scale = a.scale + (n + s * run) * a.groups + first;
    for (int64_t g = 0; g < count; ++g) {
      int32_t acc = -offset * (128 * q[g].high + q[g].low);
      for (int i = 0; i < kSixteens; ++i) acc += sums[s][g * kSixteens + i];
      scaled[s][g] = static_cast<float>(acc) * scale[g];
    }
  }
  for (int64_t g = 0; g < count; ++g) {
    for (int s = 0; s < kStreams; ++s) t[s] = t[s] + scaled[s][g];
  }
}

// y = t * (1 / s). Infinities of opposite signs cancel to a NaN whose bits differ between CPUs: make them one.
template <int kStreams>
void StoreBlocks(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, const float (&t)[kStreams]) {
  for (int s = 0; s < kStreams; ++s) {
    const float v = t[s] * a.inv_scale[m];
    a.y[m * a.n + n + s * run] = v == v ? v : CanonicalNaN();
  }
}

template <class Isa, int kBits, int kSixteens, int kStreams>
void MultiplyBlockScales(const NBitsArgs& a, int64_t n, int64_t run, int64_t m) {
  float t[kStreams] = {};
  const int8_t* q = a.q + m * 2 * a.padded;
  for (int64_t at = 0; at < a.k; at += kColumnsAtOnce) {
    const int64_t end = at + kColumnsAtOnce < a.k ? at + kColumnsAtOnce : a.k;
    alignas(64) int32_t sums[kStreams][kColumnsAtOnce / 16];
    for (int64_t k = at; k < end; k += kNBitsPadding) {
      for (int s = 0; s < kStreams; ++s) {
        const uint8_t* const weights = a.weights + (n + s * run) * a.row_bytes;
        Isa::template SumSixteens<kBits>(a, weights, q, k, sums[s] + (k - at) / 16);
      }
    }
    AddBlocks<kSixteens>(a, n, run, m, at, end, Isa::template kOffset<kBits>, sums, t);
  }
  StoreBlocks(a, n, run, m, t);
}

template <class Isa, int kBits, int kSixteens, int kStreams>
void MultiplyBlockRows(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t row_end) {
  if constexpr (kStreams == kBlockStreams && Isa::template kTakesBlocks<kBits, kSixteens>) {
    constexpr int kRows = Isa::kBlockRows;
    for (; m + kRows <= row_end; m += kRows) Isa::template MultiplyBlocks<kBits, kSixteens, kRows>(a, n, run, m);
    for (; m < row_end; ++m) Isa::template MultiplyBlocks<kBits, kSixteens, 1>(a, n, run, m);
  } else {
    for (; m < row_end; ++m) MultiplyBlockScales<Isa, kBits, kSixteens, kStreams>(a, n, run, m);
  }
}

template <class Isa, int kBits, int kSixteens>
void MultiplyBlockRange(const NBitsArgs& a, int64_t n, int64_t n_end, int64_t row_begin, int64_t row_end) {
  const int64_t run = (n_end - n) / kBlockStreams;
  for (int64_t i = 0; i < run; ++i) {
    MultiplyBlockRows<Isa, kBits, kSixteens, kBlockStreams>(a, n + i, run, row_begin, row_end);
  }
  for (n += run * kBlockStreams; n < n_end; ++n) {
    MultiplyBlockRows<Isa, kBits, kSixteens, 1>(a, n, 1, row_begin, row_end);
  }
}

template <class Isa, int kBits>
void MultiplyBits(const NBitsArgs& a, int64_t n_begin, int64_t n_end, int64_t row_begin, int64_t row_end) {
  switch (a.block_size) {
    case 0:
      return MultiplyRange<Isa, kBits, Isa::kMostRows>(a, n_begin, n_end, row_begin, row_end);
    case 16:
      return MultiplyBlockRange<Isa, kBits, 1>(a, n_begin, n_end, row_begin, row_end);
    case 32:
      return MultiplyBlockRange<Isa, kBits, 2>(a, n_begin, n_end, row_begin, row_end);
    case 64:
      return MultiplyBlockRange<Isa, kBits, 4>(a, n_begin, n_end, row_begin, row_end);
    case 128:
      return MultiplyBlockRange<Isa, kBits, 8>(a, n_begin, n_end, row_begin, row_end);
    default:
      return MultiplyBlockRange<Isa, kBits, 16>(a, n_begin, n_end, row_begin, row_end);
  }
}

// An NBitsMultiplyFn.
template <class Isa>
void MultiplyNBits(const NBitsArgs& a, int64_t n_begin, int64_t n_end, int64_t row_begin, int64_t row_end) {
  if (a.bits == 8) return MultiplyBits<Isa, 8>(a, n_begin, n_end, row_begin, row_end);
  MultiplyBits<Isa, 4>(a, n_begin, n_end, row_begin, row_end);
}

}  // namespace
}  // namespace bitmatmul
