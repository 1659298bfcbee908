// Packings as VPDPBUSD or VPMADDUBSW take them: a vector of words becomes kQuads vectors of unsigned
// codes, number i for the columns 4 i .. 4 i + 3 of the word. Bits are masked where they stand, so that a code has a
// weight, a power of two; each weight has its own sum, which is shifted back once at the end, exactly.
//
// A packing is a struct with
//   kQuads                vectors of codes
//   kSums                 sums; quad i goes to sum i % kSums
//   kWordsIn16Bits        words whose products one 16-bit sum can hold
//   kBlocks               whether block_size > 0 exists
//   Unpack(words, codes)  codes[kQuads]
//   Total(sums)           of 32-bit sums: sum of code * q
//   Weigh(total, q_sum)   sum of w * q
// The bounds of the sums hold for every K of the contract, K < 2^24 / 127, and |q| <= 127.
#pragma once

#include "bitmatmul/layout.h"
#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

// Codes 0, 1, 2 for w + 1 at weights 1 and 4, half of the columns each.
// 32 bits: 4 * 2 * 127 * K / 2 = 508 K < 2^27. 16 bits: a word adds two pairs of products to the sum at weight 4, at
// most 2 * (2 * 8 * 127) = 4064 in magnitude; 8 words make 32,512 <= 32,767.
struct Ternary16 {
  static constexpr int kQuads = 4;
  static constexpr int kSums = 2;
  static constexpr int64_t kWordsIn16Bits = 8;
  static constexpr bool kBlocks = true;

  static void Unpack(Vec words, Vec* codes) {
    const Vec low = EachByte(0x03), high = EachByte(0x0c);
    const Vec shifted = ShiftRight<4>(words);
    codes[0] = And(words, low);
    codes[1] = And(words, high);
    codes[2] = And(shifted, low);
    codes[3] = And(shifted, high);
  }
  static Vec Total(const Vec* sums) { return Add(sums[0], ShiftRightSigned<2>(sums[1])); }
  static Vec Weigh(Vec total, int32_t q_sum) { return Subtract(total, EachInt(q_sum)); }
};

// Codes 0, 1 for (w + 1) / 2 at weights 1, 2, 4 and 8, a quarter of the columns each.
// 32 bits: 8 * 127 * K / 4 = 254 K < 2^26. 16 bits: as above, 2 * (2 * 8 * 127) a word at weight 8.
struct Binary32 {
  static constexpr int kQuads = 8;
  static constexpr int kSums = 4;
  static constexpr int64_t kWordsIn16Bits = 8;
  static constexpr bool kBlocks = true;

  static void Unpack(Vec words, Vec* codes) {
    const Vec shifted = ShiftRight<4>(words);
    for (int i = 0; i < 4; ++i) {
      const Vec mask = EachByte(1 << i);
      codes[i] = And(words, mask);
      codes[4 + i] = And(shifted, mask);
    }
  }
  static Vec Total(const Vec* sums) {
    return Add(Add(sums[0], ShiftRightSigned<1>(sums[1])),
               Add(ShiftRightSigned<2>(sums[2]), ShiftRightSigned<3>(sums[3])));
  }
  static Vec Weigh(Vec total, int32_t q_sum) { return Subtract(Add(total, total), EachInt(q_sum)); }
};

// Codes w + 1, five a byte: digit i is (3 q_i) >> 8, and q_(i+1) the low byte of 3 q_i (bitmatmul/layout.h).
// Multiplying the lower or the upper byte of every 16 bits by 3 leaves the digit in the upper byte and the next q in
// the lower one, so both chains go on with the lower byte. Two sums at weight 1, only so that a sum need not wait for
// the one before. 32 bits: 2 * 127 * K < 2^26. 16 bits: a word adds three pairs of products, at most 3 * (2 * 2 * 127)
// = 1524 in magnitude; 20 words make 30,480 <= 32,767.
struct Ternary20 {
  static constexpr int kQuads = 5;
  static constexpr int kSums = 2;
  static constexpr int64_t kWordsIn16Bits = 20;
  static constexpr bool kBlocks = false;

  static void Unpack(Vec words, Vec* codes) {
    const Vec lower = EachBytePair(3, 0), upper = EachBytePair(0, 3);
    Vec even = MultiplyBytePairs(words, lower);
    Vec odd = MultiplyBytePairs(words, upper);
    codes[0] = MergeUpperBytes(even, odd);
    for (int i = 1; i < kQuads; ++i) {
      even = MultiplyBytePairs(even, lower);
      odd = MultiplyBytePairs(odd, lower);
      codes[i] = MergeUpperBytes(even, odd);
    }
  }
  static Vec Total(const Vec* sums) { return Add(sums[0], sums[1]); }
  static Vec Weigh(Vec total, int32_t q_sum) { return Subtract(total, EachInt(q_sum)); }
};

// A MultiplyFn.
[[maybe_unused]] void MultiplyAnyPacking(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin,
                                         int64_t row_end) {
  switch (a.packing) {
    case BITMATMUL_BINARY32:
      return MultiplyPacking<Binary32>(a, tile_begin, tile_end, row_begin, row_end);
    case BITMATMUL_TERNARY16:
      return MultiplyPacking<Ternary16>(a, tile_begin, tile_end, row_begin, row_end);
    default:
      return MultiplyPacking<Ternary20>(a, tile_begin, tile_end, row_begin, row_end);
  }
}

}  // namespace
}  // namespace bitmatmul
