// multiply_codes.h and packings.h with AVX2.
#pragma once

#include "kernels/vector_avx2.h"

namespace bitmatmul {
namespace {

// Pairs of products of codes and activations, added up in 16 bits: a packing says for how many words there is room.
inline Vec Dot(Vec sum, Vec codes, Vec x) { return _mm256_add_epi16(sum, _mm256_maddubs_epi16(codes, x)); }
inline Vec Widen(Vec sum) { return _mm256_madd_epi16(sum, _mm256_set1_epi16(1)); }
constexpr bool kSumsIn16Bits = true;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/packings.h"
