// Quantizers with AVX-512. Included by files compiled for it.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

inline __mmask16 LanesBelow(int64_t count) {
  return count >= 16 ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << count) - 1);
}

// The bits of the largest magnitude: as integers, magnitudes stand in their order, with infinity and the NaNs on top.
inline uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
  __m512i largest = _mm512_setzero_si512();
  for (int64_t k = 0; k < count; k += 16) {
    const __m512i bits = _mm512_castps_si512(_mm512_maskz_loadu_ps(LanesBelow(count - k), x + k));
    largest = _mm512_max_epu32(largest, _mm512_and_si512(bits, magnitude));
  }
  return _mm512_reduce_max_epu32(largest);
}

inline bool IsFinite(uint32_t absmax_bits) { return absmax_bits < 0x7f800000u; }

[[maybe_unused]] bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (!IsFinite(bits)) return false;
  float a;
  memcpy(&a, &bits, sizeof(a));
  const float inv_absmax = 1.0f / (a > 1e-5f ? a : 1e-5f);
  const float s = inv_absmax * 127.0f;
  const __m512 scale = _mm512_set1_ps(s);
  const __m512i low = _mm512_set1_epi32(-127);
  const __m512i high = _mm512_set1_epi32(127);
  __m512i sums = _mm512_setzero_si512();
  for (int64_t k = 0; k < count; k += 16) {
    const __mmask16 lanes = LanesBelow(count - k);
    const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, x + k), scale);
    const __m512i rounded = _mm512_cvtps_epi32(scaled);
    const __m512i clamped = _mm512_min_epi32(_mm512_max_epi32(rounded, low), high);
    sums = _mm512_add_epi32(sums, clamped);
    _mm_mask_storeu_epi8(q + k, lanes, _mm512_cvtepi32_epi8(clamped));
  }
  *inv_scale = 1.0f / s;
  *q_sum = _mm512_reduce_add_epi32(sums);
  return true;
}

// The signs of up to 16 activations: bits of those that are below 0.
inline __mmask16 FindNegative(const float* x, int64_t count) {
  const __m512 values = _mm512_maskz_loadu_ps(LanesBelow(count), x);
  return _mm512_cmp_ps_mask(values, _mm512_setzero_ps(), _CMP_LT_OQ);
}

// Signs as -1 and +1, for kernels that multiply bytes.
[[maybe_unused]] bool QuantizeSign(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  __m512i sums = _mm512_setzero_si512();
  for (int64_t k = 0; k < count; k += 16) {
    const __mmask16 lanes = LanesBelow(count - k);
    const __mmask16 negative = FindNegative(x + k, count - k);
    const __m512i ones = _mm512_maskz_set1_epi32(lanes, 1);
    const __m512i signs = _mm512_mask_set1_epi32(ones, negative, -1);
    sums = _mm512_add_epi32(sums, signs);
    _mm_mask_storeu_epi8(q + k, lanes, _mm512_cvtepi32_epi8(signs));
  }
  *inv_scale = 1.0f;
  *q_sum = _mm512_reduce_add_epi32(sums);
  return true;
}

}  // namespace
}  // namespace bitmatmul
