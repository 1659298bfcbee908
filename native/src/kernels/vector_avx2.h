// AVX2 behind the names of vector_avx512.h.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

using Vec = __m256i;
using FloatVec = __m256;
constexpr int64_t kVecBytes = 32;

inline Vec Zero() { return _mm256_setzero_si256(); }
inline Vec Load(const uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
inline Vec EachByte(int value) { return _mm256_set1_epi8(static_cast<char>(value)); }
inline Vec EachInt(int32_t value) { return _mm256_set1_epi32(value); }
inline Vec And(Vec a, Vec b) { return _mm256_and_si256(a, b); }
inline Vec Add(Vec a, Vec b) { return _mm256_add_epi32(a, b); }
inline Vec Subtract(Vec a, Vec b) { return _mm256_sub_epi32(a, b); }
inline Vec ShiftRight(Vec a, int bits) { return _mm256_srli_epi32(a, bits); }
inline Vec ShiftRightSigned(Vec a, int bits) { return _mm256_srai_epi32(a, bits); }
inline void Store(int32_t* p, Vec a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), a); }

inline FloatVec ZeroFloats() { return _mm256_setzero_ps(); }
inline FloatVec EachFloat(float value) { return _mm256_set1_ps(value); }
inline FloatVec LoadFloats(const float* p) { return _mm256_loadu_ps(p); }
inline FloatVec ToFloats(Vec a) { return _mm256_cvtepi32_ps(a); }
inline FloatVec Multiply(FloatVec a, FloatVec b) { return _mm256_mul_ps(a, b); }
inline FloatVec Add(FloatVec a, FloatVec b) { return _mm256_add_ps(a, b); }
inline void Store(float* p, FloatVec a) { _mm256_storeu_ps(p, a); }

// a0 * b0 + a1 * b1 in every 16 bits, saturated; a unsigned, b signed.
inline Vec MultiplyBytePairs(Vec a, Vec b) { return _mm256_maddubs_epi16(a, b); }
inline Vec EachBytePair(int lower, int upper) { return _mm256_set1_epi16(static_cast<int16_t>(upper * 256 + lower)); }
// Entries of 16 bytes, for each byte of `index`, 0 .. 15. Tables are given as two integers, the first entries lowest.
inline Vec LookUp(Vec table, Vec index) { return _mm256_shuffle_epi8(table, index); }
inline Vec RepeatBytes(int64_t first, int64_t second) {
  return _mm256_broadcastsi128_si256(_mm_set_epi64x(second, first));
}
// The upper bytes of the 16 bits of both, those of `even` in the lower byte.
inline Vec MergeUpperBytes(Vec even, Vec odd) {
  const Vec upper = _mm256_set1_epi16(static_cast<int16_t>(0xff00));
  return _mm256_or_si256(_mm256_srli_epi16(even, 8), _mm256_and_si256(odd, upper));
}

}  // namespace
}  // namespace bitmatmul
