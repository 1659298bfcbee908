// CustomGroupQueryAttention with AVX-512: gqa_rows.h.
#include <immintrin.h>

#include <cstdint>

#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

using Vec = __m512;

inline Vec Zero() { return _mm512_setzero_ps(); }
inline Vec Each(float x) { return _mm512_set1_ps(x); }
inline Vec Load(const float* p) { return _mm512_loadu_ps(p); }
inline void Store(float* p, Vec v) { _mm512_storeu_ps(p, v); }
inline Vec Add(Vec a, Vec b) { return _mm512_add_ps(a, b); }
inline Vec Subtract(Vec a, Vec b) { return _mm512_sub_ps(a, b); }
inline Vec Multiply(Vec a, Vec b) { return _mm512_mul_ps(a, b); }
inline Vec Fma(Vec a, Vec b, Vec c) { return _mm512_fmadd_ps(a, b, c); }
inline Vec Max(Vec a, Vec b) { return _mm512_max_ps(a, b); }
inline Vec Round(Vec v) { return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline Vec PowerOfTwo(Vec n) {
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(_mm512_cvtps_epi32(n), _mm512_set1_epi32(127)), 23));
}
inline Vec ZeroBelow(Vec x, float limit, Vec v) {
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, Each(limit), _CMP_NLT_UQ), v);
}
inline Vec KeepFirst(Vec v, int64_t count, Vec other) {
  return _mm512_mask_mov_ps(other, static_cast<__mmask16>((1u << count) - 1), v);
}
inline Vec Canonical(Vec v) {
  const Vec nan = _mm512_castsi512_ps(_mm512_set1_epi32(0x7fc00000));
  return _mm512_mask_mov_ps(v, _mm512_cmp_ps_mask(v, v, _CMP_UNORD_Q), nan);
}
inline float SumUp(Vec v) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(v), _mm512_extractf32x8_ps(v, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
inline float Largest(Vec v) { return _mm512_reduce_max_ps(v); }

inline void Prefetch(const float* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0); }

constexpr int64_t kTranspose = 16;

inline Vec Low(Vec a, Vec b) { return _mm512_unpacklo_ps(a, b); }
inline Vec High(Vec a, Vec b) { return _mm512_unpackhi_ps(a, b); }
inline Vec LowPairs(Vec a, Vec b) {
  return _mm512_castpd_ps(_mm512_unpacklo_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
}
inline Vec HighPairs(Vec a, Vec b) {
  return _mm512_castpd_ps(_mm512_unpackhi_pd(_mm512_castps_pd(a), _mm512_castps_pd(b)));
}
inline Vec EvenQuarters(Vec a, Vec b) { return _mm512_shuffle_f32x4(a, b, 0x88); }
inline Vec OddQuarters(Vec a, Vec b) { return _mm512_shuffle_f32x4(a, b, 0xdd); }

// Quarter q of vector i has number i of quarter q of each.
inline void TransposeQuarters(const Vec (&in)[4], Vec (&out)[4]) {
  const Vec a = Low(in[0], in[1]), b = High(in[0], in[1]), c = Low(in[2], in[3]), d = High(in[2], in[3]);
  out[0] = LowPairs(a, c);
  out[1] = HighPairs(a, c);
  out[2] = LowPairs(b, d);
  out[3] = HighPairs(b, d);
}

// Vector d of the result has number d of each row.
inline void TransposeRows(const float* const (&rows)[16], Vec (&out)[16]) {
  Vec quarters[4][4];  // [rows / 4][number % 4]: numbers i, i + 4, i + 8, i + 12 of four rows each
  BITMATMUL_UNROLLED for (int i = 0; i < 4; ++i) {
    const Vec in[4] = {Load(rows[4 * i]), Load(rows[4 * i + 1]), Load(rows[4 * i + 2]), Load(rows[4 * i + 3])};
    TransposeQuarters(in, quarters[i]);
  }
  BITMATMUL_UNROLLED for (int i = 0; i < 4; ++i) {
    const Vec even01 = EvenQuarters(quarters[0][i], quarters[1][i]);
    const Vec odd01 = OddQuarters(quarters[0][i], quarters[1][i]);
    const Vec even23 = EvenQuarters(quarters[2][i], quarters[3][i]);
    const Vec odd23 = OddQuarters(quarters[2][i], quarters[3][i]);
    out[i] = EvenQuarters(even01, even23);
    out[i + 4] = EvenQuarters(odd01, odd23);
    out[i + 8] = OddQuarters(even01, even23);
    out[i + 12] = OddQuarters(odd01, odd23);
  }
}

template <int64_t kStride>
inline void TransposeTo(const float* const (&rows)[16], float* panel) {
  Vec columns[16];
  TransposeRows(rows, columns);
  BITMATMUL_UNROLLED for (int i = 0; i < 16; ++i) Store(panel + i * kStride, columns[i]);
}

constexpr int kMostDirectRows = 4;
constexpr int kMostRows = 8;
template <int kRows>
constexpr int kScoreVecs = 3;
template <int kRows>
constexpr int kValueVecs = kRows == 8   ? 2
                           : kRows == 4 ? 4
                                        : 8;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/gqa_rows.h"

namespace bitmatmul {

extern const GqaKernelCode kAvx512Gqa;
const GqaKernelCode kAvx512Gqa = kGqaCode;

}  // namespace bitmatmul
