// AVX-512 (F, BW, DQ, VL) behind the names that multiply_codes.h and packings.h use; vector_avx2.h has them for AVX2.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

using Vec = __m512i;
using FloatVec = __m512;
constexpr int64_t kVecBytes = 64;

inline Vec Zero() { return _mm512_setzero_si512(); }
inline Vec Load(const uint8_t* p) { return _mm512_loadu_si512(p); }
inline Vec EachByte(int value) { return _mm512_set1_epi8(static_cast<char>(value)); }
inline Vec EachInt(int32_t value) { return _mm512_set1_epi32(value); }
inline Vec And(Vec a, Vec b) { return _mm512_and_si512(a, b); }
inline Vec Add(Vec a, Vec b) { return _mm512_add_epi32(a, b); }
inline Vec Subtract(Vec a, Vec b) { return _mm512_sub_epi32(a, b); }
inline Vec ShiftRight(Vec a, int bits) { return _mm512_srli_epi32(a, static_cast<unsigned>(bits)); }
inline Vec ShiftRightSigned(Vec a, int bits) { return _mm512_srai_epi32(a, static_cast<unsigned>(bits)); }
inline void Store(int32_t* p, Vec a) { _mm512_storeu_si512(p, a); }

inline FloatVec ZeroFloats() { return _mm512_setzero_ps(); }
inline FloatVec EachFloat(float value) { return _mm512_set1_ps(value); }
inline FloatVec LoadFloats(const float* p) { return _mm512_loadu_ps(p); }
inline FloatVec ToFloats(Vec a) { return _mm512_cvtepi32_ps(a); }
inline FloatVec Multiply(FloatVec a, FloatVec b) { return _mm512_mul_ps(a, b); }
inline FloatVec Add(FloatVec a, FloatVec b) { return _mm512_add_ps(a, b); }
inline void Store(float* p, FloatVec a) { _mm512_storeu_ps(p, a); }

// a0 * b0 + a1 * b1 in every 16 bits, saturated; a unsigned, b signed.
inline Vec MultiplyBytePairs(Vec a, Vec b) { return _mm512_maddubs_epi16(a, b); }
inline Vec EachBytePair(int lower, int upper) { return _mm512_set1_epi16(static_cast<int16_t>(upper * 256 + lower)); }
// Entries of 16 bytes, for each byte of `index`, 0 .. 15. Tables are given as two integers, the first entries lowest.
inline Vec LookUp(Vec table, Vec index) { return _mm512_shuffle_epi8(table, index); }
inline Vec RepeatBytes(int64_t first, int64_t second) { return _mm512_broadcast_i32x4(_mm_set_epi64x(second, first)); }
// The upper bytes of the 16 bits of both, those of `even` in the lower byte: one VPSHUFB that leaves some bytes alone.
inline Vec MergeUpperBytes(Vec even, Vec odd) {
  const Vec upper_to_lower = _mm512_set4_epi32(0x0f0f0d0d, 0x0b0b0909, 0x07070505, 0x03030101);
  return _mm512_mask_shuffle_epi8(odd, 0x5555555555555555u, even, upper_to_lower);
}

}  // namespace
}  // namespace bitmatmul
