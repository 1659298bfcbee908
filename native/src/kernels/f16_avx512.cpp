// CustomMatMulF16 with AVX-512: f16_rows.h. 16 sums are a vector.
#include <immintrin.h>

#include <cstdint>

namespace bitmatmul {
namespace {

using Vec = __m512;
constexpr int kParts = 1;

// Accumulators are streams * rows: half of the registers. Not better: 8 rows of X at once with 2 or 3 streams, which
// come from the L2 cache for each of fewer rows of weights (1.3 to 1.8 times as long for M = 8 to 64).
template <int kRows>
constexpr int kStreams = 4;
constexpr int kMostRows = 4;

inline Vec Zero() { return _mm512_setzero_ps(); }
inline Vec LoadWeights(const uint16_t* p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
}
inline Vec LoadX(const float* p) { return _mm512_loadu_ps(p); }
inline Vec Fma(Vec w, Vec x, Vec sum) { return _mm512_fmadd_ps(w, x, sum); }
inline void Prefetch(const char* p) { _mm_prefetch(p, _MM_HINT_T0); }

inline float SumUp(const Vec (&sums)[1]) {
  const __m256 eight = _mm256_add_ps(_mm512_castps512_ps256(sums[0]), _mm512_extractf32x8_ps(sums[0], 1));
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
