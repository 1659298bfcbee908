// CustomMatMulF16 with AVX2, FMA and F16C: f16_rows.h. 16 sums are two vectors.
#include <immintrin.h>

#include <cstdint>

namespace bitmatmul {
namespace {

using Vec = __m256;
constexpr int kParts = 2;

// Accumulators are 2 * streams * rows: half of the registers.
template <int kRows>
constexpr int kStreams = kRows == 1   ? 4
                         : kRows == 2 ? 2
                                      : 1;
constexpr int kMostRows = 4;

inline Vec Zero() { return _mm256_setzero_ps(); }
inline Vec LoadWeights(const uint16_t* p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline Vec LoadX(const float* p) { return _mm256_loadu_ps(p); }
inline Vec Fma(Vec w, Vec x, Vec sum) { return _mm256_fmadd_ps(w, x, sum); }
inline void Prefetch(const char* p) { _mm_prefetch(p, _MM_HINT_T0); }

inline float SumUp(const Vec (&sums)[2]) {
  const __m256 eight = _mm256_add_ps(sums[0], sums[1]);
  const __m128 four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/f16_rows.h"

namespace bitmatmul {

extern const F16KernelCode kAvx2F16;
const F16KernelCode kAvx2F16 = {&MultiplyF16};

}  // namespace bitmatmul
