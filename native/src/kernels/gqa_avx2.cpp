// CustomGroupQueryAttention with AVX2 and FMA: gqa_rows.h. 16 floats are two vectors.
#include <immintrin.h>

#include <cstdint>

#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

struct Vec {
  __m256 low, high;
};

inline Vec Zero() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
inline Vec Each(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Vec Load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void Store(float* p, Vec v) {
  _mm256_storeu_ps(p, v.low);
  _mm256_storeu_ps(p + 8, v.high);
}
inline Vec Add(Vec a, Vec b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
inline Vec Subtract(Vec a, Vec b) { return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)}; }
inline Vec Multiply(Vec a, Vec b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
inline Vec Fma(Vec a, Vec b, Vec c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
inline Vec Max(Vec a, Vec b) { return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)}; }
inline Vec Round(Vec v) {
  constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(v.low, kNearest), _mm256_round_ps(v.high, kNearest)};
}
inline __m256 PowerOfTwo(__m256 n) {
  const __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
  return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
}
inline Vec PowerOfTwo(Vec n) { return {PowerOfTwo(n.low), PowerOfTwo(n.high)}; }
inline Vec ZeroBelow(Vec x, float limit, Vec v) {
  const __m256 l = _mm256_set1_ps(limit);
  return {_mm256_and_ps(_mm256_cmp_ps(x.low, l, _CMP_NLT_UQ), v.low),
          _mm256_and_ps(_mm256_cmp_ps(x.high, l, _CMP_NLT_UQ), v.high)};
}
inline __m256 KeepFirst(__m256 v, int64_t count, __m256 other) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i kept = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lanes);
  return _mm256_blendv_ps(other, v, _mm256_castsi256_ps(kept));
}
inline Vec KeepFirst(Vec v, int64_t count, Vec other) {
  return {KeepFirst(v.low, count, other.low), KeepFirst(v.high, count - 8, other.high)};
}
inline __m256 Canonical(__m256 v) {
  const __m256 nan = _mm256_castsi256_ps(_mm256_set1_epi32(0x7fc00000));
  return _mm256_blendv_ps(v, nan, _mm256_cmp_ps(v, v, _CMP_UNORD_Q));
}
inline Vec Canonical(Vec v) { return {Canonical(v.low), Canonical(v.high)}; }
inline float SumUp(Vec v) {
  const __m256 eight = _mm256_add_ps(v.low, v.high);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}
inline float Largest(Vec v) {
  const __m256 eight = _mm256_max_ps(v.low, v.high);
  const __m128 four = _mm_max_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_max_ss(two, _mm_shuffle_ps(two, two, 1)));
}

inline void Prefetch(const float* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0); }

constexpr int64_t kTranspose = 8;

inline __m256 LowPairs(__m256 a, __m256 b) {
  return _mm256_castpd_ps(_mm256_unpacklo_pd(_mm256_castps_pd(a), _mm256_castps_pd(b)));
}
inline __m256 HighPairs(__m256 a, __m256 b) {
  return _mm256_castpd_ps(_mm256_unpackhi_pd(_mm256_castps_pd(a), _mm256_castps_pd(b)));
}

template <int64_t kStride>
inline void TransposeTo(const float* const (&rows)[8], float* out) {
  __m256 halves[2][4];  // [rows / 4][number % 4]: numbers i and i + 4 of four rows each
  BITMATMUL_UNROLLED for (int i = 0; i < 2; ++i) {
    const __m256 r0 = _mm256_loadu_ps(rows[4 * i]), r1 = _mm256_loadu_ps(rows[4 * i + 1]);
    const __m256 r2 = _mm256_loadu_ps(rows[4 * i + 2]), r3 = _mm256_loadu_ps(rows[4 * i + 3]);
    const __m256 a = _mm256_unpacklo_ps(r0, r1), b = _mm256_unpackhi_ps(r0, r1);
    const __m256 c = _mm256_unpacklo_ps(r2, r3), d = _mm256_unpackhi_ps(r2, r3);
    halves[i][0] = LowPairs(a, c);
    halves[i][1] = HighPairs(a, c);
    halves[i][2] = LowPairs(b, d);
    halves[i][3] = HighPairs(b, d);
  }
  BITMATMUL_UNROLLED for (int i = 0; i < 4; ++i) {
    _mm256_storeu_ps(out + i * kStride, _mm256_permute2f128_ps(halves[0][i], halves[1][i], 0x20));
    _mm256_storeu_ps(out + (i + 4) * kStride, _mm256_permute2f128_ps(halves[0][i], halves[1][i], 0x31));
  }
}

// Sums are 2 * rows * vectors of the 16 registers.
constexpr int kMostDirectRows = 0;
constexpr int kMostRows = 4;
template <int kRows>
constexpr int kScoreVecs = kRows == 4 ? 1 : 3;
template <int kRows>
constexpr int kValueVecs = kRows == 4   ? 1
                           : kRows == 2 ? 2
                                        : 4;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/gqa_rows.h"

namespace bitmatmul {

extern const GqaKernelCode kAvx2Gqa;
const GqaKernelCode kAvx2Gqa = kGqaCode;

}  // namespace bitmatmul
