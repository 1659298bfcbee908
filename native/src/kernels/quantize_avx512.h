// Quantizers with AVX-512. Included by files compiled for it.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/activation_scale.h"

namespace bitmatmul {
namespace {

inline __mmask16 LanesBelow(int64_t count) {
  return count >= 16 ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << count) - 1);
}

inline __m512i MagnitudeBits(__m512 values) {
  return _mm512_and_si512(_mm512_castps_si512(values), _mm512_set1_epi32(static_cast<int>(kMagnitudeBits)));
}

// Of the activations `ahead` of those that are being read: lines that hold half as many as were read.
template <bool kPrefetches>
void PrefetchHalf(const float* ahead, int64_t k, int64_t count) {
  if constexpr (!kPrefetches) return;
  for (int64_t i = 0; i < count / 2; i += 16) {
    _mm_prefetch(reinterpret_cast<const char*>(ahead + k / 2 + i), _MM_HINT_T0);
  }
}

// The bits of the largest magnitude. kIsRow: prefetches the first half of the row that follows.
template <bool kIsRow = false>
uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  __m512i even = _mm512_setzero_si512();
  __m512i odd = _mm512_setzero_si512();
  int64_t k = 0;
  for (; k + 32 <= count; k += 32) {
    even = _mm512_max_epu32(even, MagnitudeBits(_mm512_loadu_ps(x + k)));
    odd = _mm512_max_epu32(odd, MagnitudeBits(_mm512_loadu_ps(x + k + 16)));
    PrefetchHalf<kIsRow>(x + count, k, 32);
  }
  for (; k < count; k += 16) {
    even = _mm512_max_epu32(even, MagnitudeBits(_mm512_maskz_loadu_ps(LanesBelow(count - k), x + k)));
  }
  return _mm512_reduce_max_epu32(_mm512_max_epu32(even, odd));
}

inline __m512i Round(__m512 values, __m512 scale) { return _mm512_cvtps_epi32(_mm512_mul_ps(values, scale)); }

// 64 integers that fit in 8 bits, in order. Packing works on each 128 bits, hence the permutation.
inline __m512i PackBytes(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i bytes = _mm512_packs_epi16(_mm512_packs_epi32(a, b), _mm512_packs_epi32(c, d));
  return _mm512_permutexvar_epi32(order, bytes);
}

// kIsRow: another row is likely to follow, whose activations come from memory while this one's are computed. Half of
// them are prefetched in each of the two loops: the caches have places for few misses at a time.
template <bool kIsRow>
bool QuantizeInt8Group(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits<kIsRow>(x, count);
  if (!IsFinite(bits)) return false;
  const float s = ScaleOf(bits);
  const __m512 scale = _mm512_set1_ps(s);
  __m512i sums = _mm512_setzero_si512();
  int64_t k = 0;
  for (; k + 64 <= count; k += 64) {
    const __m512i a = Round(_mm512_loadu_ps(x + k), scale);
    const __m512i b = Round(_mm512_loadu_ps(x + k + 16), scale);
    const __m512i c = Round(_mm512_loadu_ps(x + k + 32), scale);
    const __m512i d = Round(_mm512_loadu_ps(x + k + 48), scale);
    sums = _mm512_add_epi32(sums, _mm512_add_epi32(_mm512_add_epi32(a, b), _mm512_add_epi32(c, d)));
    _mm512_storeu_si512(q + k, PackBytes(a, b, c, d));
    PrefetchHalf<kIsRow>(x + count + count / 2, k, 64);
  }
  for (; k < count; k += 16) {
    const __mmask16 lanes = LanesBelow(count - k);
    const __m512i rounded = Round(_mm512_maskz_loadu_ps(lanes, x + k), scale);
    sums = _mm512_add_epi32(sums, rounded);
    _mm_mask_storeu_epi8(q + k, lanes, _mm512_cvtepi32_epi8(rounded));
  }
  *inv_scale = 1.0f / s;
  *q_sum = _mm512_reduce_add_epi32(sums);
  return true;
}

[[maybe_unused]] bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  return QuantizeInt8Group<false>(x, count, q, inv_scale, q_sum);
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
