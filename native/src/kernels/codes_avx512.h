// multiply_codes.h and packings.h with AVX-512 VNNI.
#pragma once

#include "kernels/vector_avx512.h"

namespace bitmatmul {
namespace {

// Four products of codes and activations, added up in 32 bits.
inline Vec Dot(Vec sum, Vec codes, Vec x) { return _mm512_dpbusd_epi32(sum, codes, x); }
inline Vec Widen(Vec sum) { return sum; }
constexpr bool kSumsIn16Bits = false;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/packings.h"
