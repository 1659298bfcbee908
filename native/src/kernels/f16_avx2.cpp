// CustomMatMulF16 with AVX2, FMA and F16C: f16_rows.h. 16 sums are two vectors.
#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

struct Sixteen {
  __m256 low;
  __m256 high;
};

// Accumulators are 2 * streams * rows: half of the registers.
template <int kRows>
constexpr int kStreams = kRows == 1   ? 4
                         : kRows == 2 ? 2
                                      : 1;
constexpr int kMostRows = 4;

inline Sixteen ZeroSixteen() { return {_mm256_setzero_ps(), _mm256_setzero_ps()}; }
inline __m256 LoadEightWeights(const uint16_t* p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline Sixteen LoadWeights(const uint16_t* p) { return {LoadEightWeights(p), LoadEightWeights(p + 8)}; }
inline Sixteen LoadFirstWeights(const uint16_t* p, int64_t count) {
  alignas(32) uint16_t first[16] = {};
  memcpy(first, p, static_cast<size_t>(count) * sizeof(*p));
  return LoadWeights(first);
}
inline Sixteen LoadX(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline Sixteen LoadFirstX(const float* p, int64_t count) {
  alignas(32) float first[16] = {};
  memcpy(first, p, static_cast<size_t>(count) * sizeof(*p));
  return LoadX(first);
}
inline Sixteen Fma(const Sixteen& w, const Sixteen& x, const Sixteen& sum) {
  return {_mm256_fmadd_ps(w.low, x.low, sum.low), _mm256_fmadd_ps(w.high, x.high, sum.high)};
}
inline void Prefetch(const char* p) { _mm_prefetch(p, _MM_HINT_T0); }

inline float SumUp(const Sixteen& sums) {
  const __m256 eight = _mm256_add_ps(sums.low, sums.high);
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
