// What the kernels of CustomMatMulNBits need of AVX2 besides vector_avx2.h.
#pragma once

#include "kernels/vector_avx2.h"

namespace bitmatmul {
namespace {

inline Vec ShiftLeft(Vec a, int bits) { return _mm256_slli_epi32(a, bits); }

// The first `count` bytes, and zeros.
inline Vec LoadFirst(const uint8_t* p, int64_t count) {
  alignas(32) uint8_t bytes[32] = {};
  memcpy(bytes, p, static_cast<size_t>(count));
  return Load(bytes);
}

// The sum of all 32-bit lanes, modulo 2^32.
inline uint32_t SumLanes(Vec v) {
  const __m128i four = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  const __m128i two = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4e));
  return static_cast<uint32_t>(_mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32(two, 0xb1))));
}

// Sums of the halves of each vector.
inline void StoreSixteens8(const Vec (&v)[4], int32_t* sums) {
  const Vec halves = _mm256_hadd_epi32(_mm256_hadd_epi32(v[0], v[1]), _mm256_hadd_epi32(v[2], v[3]));
  Store(sums, _mm256_permutevar8x32_epi32(halves, _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0)));
}

// Sums of the quarters of each vector.
inline void StoreSixteens4(const Vec (&v)[2], int32_t* sums) {
  Store(sums, _mm256_permute4x64_epi64(_mm256_hadd_epi32(v[0], v[1]), 0xd8));
}

}  // namespace
}  // namespace bitmatmul
