// Reads 32 bytes at a time; products by VPMADDUBSW and a 16-bit sum, which is what AVX2 has.
#include <immintrin.h>

#include "opaque.h"
#include "read_loops.h"

namespace bitmatmul::bench {
namespace {

struct Ymm {
  struct Sum {
    __m256i low, high;
  };
  static Sum Zero() { return {_mm256_setzero_si256(), _mm256_setzero_si256()}; }
  static Sum AddLine(Sum sum, const uint8_t* line) {
    const __m256i* words = reinterpret_cast<const __m256i*>(line);
    return {_mm256_add_epi64(sum.low, _mm256_load_si256(words)),
            _mm256_add_epi64(sum.high, _mm256_load_si256(words + 1))};
  }
  static uint64_t Fold(const Sum& sum) {
    const __m256i both = _mm256_add_epi64(sum.low, sum.high);
    return static_cast<uint64_t>(_mm256_extract_epi64(both, 0) + _mm256_extract_epi64(both, 1) +
                                 _mm256_extract_epi64(both, 2) + _mm256_extract_epi64(both, 3));
  }
};

}  // namespace

BENCH_DEFINE_READERS(avx2, Ymm)

extern const double kPeakOps_avx2;
const double kPeakOps_avx2 = 8 * 32 * 2;

void Peak_avx2(int64_t steps) {
  __m256i codes = _mm256_set1_epi8(1);
  const __m256i activations = _mm256_set1_epi8(2);
  __m256i sums[8];
  for (__m256i& sum : sums) sum = _mm256_setzero_si256();
  for (int64_t step = 0; step < steps; ++step) {
    for (__m256i& sum : sums) {
      BENCH_OPAQUE(codes);  // else the product is computed once, ahead of the loop
      sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(codes, activations));
    }
  }
  for (__m256i& sum : sums) BENCH_OPAQUE(sum);
}

}  // namespace bitmatmul::bench
