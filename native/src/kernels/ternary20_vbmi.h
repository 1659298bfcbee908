// ternary20 words to unsigned codes with AVX-512 VBMI. As Ternary20 in packings.h, but three digits and then two:
// VPERMB has room for a table of the 27 threes. Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include "kernels/vector_avx512.h"

namespace bitmatmul {
namespace {

// Entry e of a table is digit e / kDivisor % 3, for e in 0 .. 26.
template <int kDivisor>
Vec DigitTable() {
  alignas(64) uint8_t digits[64] = {};
  for (int e = 0; e < 27; ++e) digits[e] = static_cast<uint8_t>(e / kDivisor % 3);
  return Load(digits);
}

// An Unpacker of packings.h.
struct Ternary20VbmiUnpacker {
  Vec even, odd;  // 16 bits each: what the lower and the upper bytes give
  Vec digits;     // 9 d_0 + 3 d_1 + d_2, then 3 d_3 + d_4
  void Start(Vec words) {
    even = MultiplyBytePairs(words, EachBytePair(27, 0));
    odd = MultiplyBytePairs(words, EachBytePair(0, 27));
    digits = MergeUpperBytes(even, odd);
  }
  template <int kQuad>
  Vec Next() {
    if constexpr (kQuad == 3) {
      even = MultiplyBytePairs(even, EachBytePair(9, 0));
      odd = MultiplyBytePairs(odd, EachBytePair(9, 0));
      digits = MergeUpperBytes(even, odd);
    }
    constexpr int kDivisor = kQuad == 0 ? 9 : kQuad == 1 || kQuad == 3 ? 3 : 1;
    return _mm512_permutexvar_epi8(digits, DigitTable<kDivisor>());
  }
};

}  // namespace
}  // namespace bitmatmul
