// CustomMatMulNBits with AVX-512 VNNI: nbits_vnni.h, nbits_blocks_avx512.h.
#include "kernels/vector_avx512.h"

namespace bitmatmul {
namespace {

inline Vec Dot(Vec sum, Vec bytes, Vec q) { return _mm512_dpbusd_epi32(sum, bytes, q); }
inline Vec ShiftLeft(Vec a, unsigned bits) { return _mm512_slli_epi32(a, bits); }
inline Vec LoadFirst(const uint8_t* p, int64_t count) { return _mm512_maskz_loadu_epi8((uint64_t{1} << count) - 1, p); }
inline uint32_t SumLanes(Vec v) { return static_cast<uint32_t>(_mm512_reduce_add_epi32(v)); }

// Sums of the 4 quarters of each vector.
inline void StoreSixteens8(const Vec (&v)[4], int32_t* sums) {
  const Vec ab = Add(_mm512_unpacklo_epi32(v[0], v[1]), _mm512_unpackhi_epi32(v[0], v[1]));
  const Vec cd = Add(_mm512_unpacklo_epi32(v[2], v[3]), _mm512_unpackhi_epi32(v[2], v[3]));
  const Vec quarters = Add(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const Vec order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
  Store(sums, _mm512_permutexvar_epi32(order, quarters));
}

// Sums of the 8 eighths of each vector.
inline void StoreSixteens4(const Vec (&v)[2], int32_t* sums) {
  const __m512 a = _mm512_castsi512_ps(v[0]);
  const __m512 b = _mm512_castsi512_ps(v[1]);
  const Vec even = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0x88));
  const Vec odd = _mm512_castps_si512(_mm512_shuffle_ps(a, b, 0xdd));
  const Vec order = _mm512_set_epi64(7, 5, 3, 1, 6, 4, 2, 0);
  Store(sums, _mm512_permutexvar_epi64(order, Add(even, odd)));
}

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/nbits_blocks_avx512.h"

namespace bitmatmul {

extern const NBitsKernelCode kAvx512VnniNBits;
const NBitsKernelCode kAvx512VnniNBits = {&MultiplyNBits<VnniBlocks>, &QuantizeRow<DigitPlanes>};

}  // namespace bitmatmul
