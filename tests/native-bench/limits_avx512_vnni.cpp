// Reads 64 bytes at a time; products by VPDPBUSD on 512 bits.
#include <immintrin.h>

#include "opaque.h"
#include "read_loops.h"

namespace bitmatmul::bench {
namespace {

struct Zmm {
  using Sum = __m512i;
  static Sum Zero() { return _mm512_setzero_si512(); }
  static Sum AddLine(Sum sum, const uint8_t* line) { return _mm512_add_epi64(sum, _mm512_load_si512(line)); }
  static uint64_t Fold(const Sum& sum) { return static_cast<uint64_t>(_mm512_reduce_add_epi64(sum)); }
};

}  // namespace

BENCH_DEFINE_READERS(avx512_vnni, Zmm)

extern const double kPeakOps_avx512_vnni;
const double kPeakOps_avx512_vnni = 12 * 64 * 2;

void Peak_avx512_vnni(int64_t steps) {
  const __m512i codes = _mm512_set1_epi8(1);
  const __m512i activations = _mm512_set1_epi8(2);
  __m512i sums[12];
  for (__m512i& sum : sums) sum = _mm512_setzero_si512();
  for (int64_t step = 0; step < steps; ++step) {
    for (__m512i& sum : sums) sum = _mm512_dpbusd_epi32(sum, codes, activations);
  }
  for (__m512i& sum : sums) BENCH_OPAQUE(sum);
}

}  // namespace bitmatmul::bench
