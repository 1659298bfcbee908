// Products by VPDPBUSD on 256 bits.
#include <immintrin.h>

#include <cstdint>

#include "opaque.h"

namespace bitmatmul::bench {

extern const double kPeakOps_avx_vnni;
const double kPeakOps_avx_vnni = 12 * 32 * 2;

void Peak_avx_vnni(int64_t steps) {
  const __m256i codes = _mm256_set1_epi8(1);
  const __m256i activations = _mm256_set1_epi8(2);
  __m256i sums[12];
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  for (int64_t step = 0; step < steps; ++step) {
    for (__m256i& sum : sums) sum = _mm256_dpbusd_avx_epi32(sum, codes, activations);
  }
  for (__m256i& sum : sums) BENCH_OPAQUE(sum);
}

}  // namespace bitmatmul::bench
