// CustomMatMulF16 with AVX-512: f16_rows.h. 16 sums are a vector.
#include <immintrin.h>

#include <cstdint>

namespace bitmatmul {
namespace {

using Sixteen = __m512;

// Accumulators are streams * rows: half of the registers.
template <int kRows>
constexpr int kStreams = kRows <= 4 ? 4 : 2;
constexpr int kMostRows = 8;

inline Sixteen ZeroSixteen() { return _mm512_setzero_ps(); }
inline Sixteen LoadWeights(const uint16_t* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline Sixteen LoadFirstWeights(const uint16_t* p, int64_t count) {
  return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(static_cast<__mmask16>((1u << count) - 1), p));
}
inline Sixteen LoadX(const float* p) { return _mm512_loadu_ps(p); }
inline Sixteen LoadFirstX(const float* p, int64_t count) {
  return _mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p);
}
inline Sixteen Fma(Sixteen w, Sixteen x, Sixteen sum) { return _mm512_fmadd_ps(w, x, sum); }
inline void Prefetch(const char* p) { _mm_prefetch(p, _MM_HINT_T0); }

inline float SumUp(Sixteen sums) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(sums), _mm512_extractf32x8_ps(sums, 1));
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/f16_rows.h"

namespace bitmatmul {

extern const F16KernelCode kAvx512F16;
const F16KernelCode kAvx512F16 = {&MultiplyF16};

}  // namespace bitmatmul
