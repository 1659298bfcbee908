// multiply_codes.h and packings.h with AVX2 and the VPDPBUSD of CPUs that have it without AVX-512.
#pragma once

#include "kernels/vector_avx2.h"

namespace bitmatmul {
namespace {

// Four products of codes and activations, added up in 32 bits.
inline Vec Dot(Vec sum, Vec codes, Vec x) { return _mm256_dpbusd_avx_epi32(sum, codes, x); }
inline Vec Widen(Vec sum) { return sum; }
constexpr bool kSumsIn16Bits = false;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/packings.h"
