// Quantization of activations with AVX2. Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/activation_scale.h"

namespace bitmatmul {
namespace {

// Eight activations, zeros behind the end.
inline __m256 LoadEight(const float* x, int64_t count) {
  if (count >= 8) return _mm256_loadu_ps(x);
  alignas(32) float padded[8] = {};
  memcpy(padded, x, static_cast<size_t>(count) * sizeof(float));
  return _mm256_load_ps(padded);
}

// The bits of the largest magnitude.
inline uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  const __m256i magnitude = _mm256_set1_epi32(static_cast<int>(kMagnitudeBits));
  __m256i largest = _mm256_setzero_si256();
  for (int64_t k = 0; k < count; k += 8) {
    const __m256i bits = _mm256_castps_si256(LoadEight(x + k, count - k));
    largest = _mm256_max_epu32(largest, _mm256_and_si256(bits, magnitude));
  }
  alignas(32) uint32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), largest);
  uint32_t bits = 0;
  for (const uint32_t lane : lanes) bits = lane > bits ? lane : bits;
  return bits;
}

inline int32_t SumLanes(__m256i v) {
  alignas(32) int32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), v);
  int32_t sum = 0;
  for (const int32_t lane : lanes) sum += lane;
  return sum;
}

// Eight activations x * s, rounded.
inline __m256i RoundEight(const float* x, int64_t count, __m256 scale) {
  return _mm256_cvtps_epi32(_mm256_mul_ps(LoadEight(x, count), scale));
}
inline __m128i ToWords(__m256i v) { return _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1)); }

[[maybe_unused]] bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (!IsFinite(bits)) return false;
  const float s = ScaleOf(bits);
  const __m256 scale = _mm256_set1_ps(s);
  __m256i sums = _mm256_setzero_si256();
  for (int64_t k = 0; k < count; k += 8) {
    const __m256i rounded = RoundEight(x + k, count - k, scale);
    sums = _mm256_add_epi32(sums, rounded);
    const __m128i words = ToWords(rounded);
    const int64_t bytes = _mm_cvtsi128_si64(_mm_packs_epi16(words, words));
    memcpy(q + k, &bytes, static_cast<size_t>(count - k < 8 ? count - k : 8));
  }
  *inv_scale = 1.0f / s;
  *q_sum = SumLanes(sums);
  return true;
}

// The signs of up to 8 activations: bits of those that are below 0.
inline uint32_t FindNegative(const float* x, int64_t count) {
  const __m256 below = _mm256_cmp_ps(LoadEight(x, count), _mm256_setzero_ps(), _CMP_LT_OQ);
  return static_cast<uint32_t>(_mm256_movemask_ps(below));
}

// Signs as -1 and +1, for kernels that multiply bytes.
[[maybe_unused]] bool QuantizeSign(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  int32_t negatives = 0;
  for (int64_t k = 0; k < count; ++k) {
    const int32_t negative = x[k] < 0 ? 1 : 0;
    q[k] = static_cast<int8_t>(1 - 2 * negative);
    negatives += negative;
  }
  *inv_scale = 1.0f;
  *q_sum = static_cast<int32_t>(count) - 2 * negatives;
  return true;
}

}  // namespace
}  // namespace bitmatmul
