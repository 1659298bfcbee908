// The quantizer of CustomMatMulNBits in plain loops, which compilers turn into vectors of the file's instruction set;
// the bits do not depend on that. Each file compiles its own copy: see kernel.h.
//
// A layout of quantized rows is a struct with
//   Put(q, padded, at, values)   stores 128 values, of the places at .. at + 127
#pragma once

#include <cmath>
#include <cstring>

#include "kernels/activation_scale.h"
#include "kernels/nbits_kernel.h"

namespace bitmatmul {
namespace {

constexpr float kLargestQuantized = 16319.0f;
constexpr float kLeastAbsmax = 1e-30f;

// Digits of a value: 128 * high + low, -64 <= low <= 63.
inline int32_t HighDigit(int32_t value) { return (value + 64) >> 7; }
inline int32_t LowDigit(int32_t value) { return ((value + 64) & 127) - 64; }

// Two planes of bytes: all high digits, then all low ones.
struct DigitPlanes {
  static void Put(int8_t* q, int64_t padded, int64_t at, const int32_t (&values)[kNBitsChunk]) {
    for (int i = 0; i < kNBitsChunk; ++i) q[at + i] = static_cast<int8_t>(HighDigit(values[i]));
    for (int i = 0; i < kNBitsChunk; ++i) q[padded + at + i] = static_cast<int8_t>(LowDigit(values[i]));
  }
};

// 16-bit integers.
struct Words {
  static void Put(int8_t* q, int64_t, int64_t at, const int32_t (&values)[kNBitsChunk]) {
    int16_t words[kNBitsChunk];
    for (int i = 0; i < kNBitsChunk; ++i) words[i] = static_cast<int16_t>(values[i]);
    memcpy(q + 2 * at, words, sizeof(words));
  }
};

// The bits of the largest magnitude.
inline uint32_t LargestMagnitude(const float* x, int64_t count) {
  uint32_t largest = 0;
  for (int64_t k = 0; k < count; ++k) {
    uint32_t bits;
    memcpy(&bits, x + k, sizeof(bits));
    bits &= kMagnitudeBits;
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

// rint(x * s): 1.5 * 2^23 has no room for fractions, and what is added to it is what its last bits then hold. Zeros
// behind the end.
inline void QuantizeChunk(const float* x, int64_t count, float s, int32_t (&values)[kNBitsChunk]) {
  constexpr float kShift = 12582912.0f;
  constexpr int32_t kShiftBits = 0x4b400000;
  float padded[kNBitsChunk] = {};
  if (count < kNBitsChunk) {
    memcpy(padded, x, static_cast<size_t>(count) * sizeof(float));
    x = padded;
  }
  for (int i = 0; i < kNBitsChunk; ++i) {
    const float shifted = x[i] * s + kShift;
    int32_t bits;
    memcpy(&bits, &shifted, sizeof(bits));
    values[i] = bits - kShiftBits;
  }
}

inline void SplitEvenOdd(int32_t (&values)[kNBitsChunk]) {
  int32_t split[kNBitsChunk];
  for (int i = 0; i < kNBitsChunk / 2; ++i) {
    split[i] = values[2 * i];
    split[kNBitsChunk / 2 + i] = values[2 * i + 1];
  }
  memcpy(values, split, sizeof(split));
}

// Adds the digits of a chunk to the groups that they belong to; 16 columns are always of one.
inline void AddDigits(const NBitsArgs& a, int64_t at, const int32_t (&values)[kNBitsChunk], DigitSums* sums) {
  for (int64_t i = 0; i < kNBitsChunk && at + i < a.k; i += 16) {
    int32_t high = 0, low = 0;
    for (int64_t j = i; j < i + 16; ++j) {
      high += HighDigit(values[j]);
      low += LowDigit(values[j]);
    }
    DigitSums& sum = sums[a.block_size == 0 ? 0 : (at + i) / a.block_size];
    sum.high += high;
    sum.low += low;
  }
}

// An NBitsQuantizeFn.
template <class Layout>
bool QuantizeRow(const NBitsArgs& a, const float* x, int8_t* q, DigitSums* sums, float* inv_scale) {
  const uint32_t bits = LargestMagnitude(x, a.k);
  if (!IsFinite(bits)) return false;
  float absmax;
  memcpy(&absmax, &bits, sizeof(absmax));
  const float inv_absmax = 1.0f / (absmax > kLeastAbsmax ? absmax : kLeastAbsmax);
  const float s = inv_absmax * kLargestQuantized;
  *inv_scale = 1.0f / s;
  for (int64_t g = 0; g < a.groups; ++g) sums[g] = {0, 0};
  for (int64_t at = 0; at < a.padded; at += kNBitsChunk) {
    int32_t values[kNBitsChunk] = {};
    if (at < a.k) QuantizeChunk(x + at, a.k - at, s, values);
    AddDigits(a, at, values, sums);
    if (a.bits == 4) SplitEvenOdd(values);
    Layout::Put(q, a.padded, at, values);
  }
  return true;
}

}  // namespace
}  // namespace bitmatmul
