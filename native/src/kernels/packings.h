// Packings as VPDPBUSD or VPMADDUBSW take them: a vector of words becomes kQuads vectors of unsigned codes, number i
// for the columns 4 i .. 4 i + 3 of the word. A packing is a template over the number of sums that it may spread the
// quads over, and each instance of it a struct with
//   kQuads                vectors of codes
//   kSums                 sums; quad i goes to sum i % kSums
//   kWordsIn16Bits        words whose products one 16-bit sum can hold
//   kBlocks               whether block_size > 0 exists
//   kUnpackerVectors      vectors that an unpacker holds
//   Unpacker              Start(words), then Next<i>() for the codes of quad i, i ascending
//   Total(sums)           of 32-bit sums: sum of code * q
//   Weigh(total, q_sum)   sum of w * q
// The bounds of the sums hold for every K of the contract, K < 2^24 / 127, and |q| <= 127.
//
// Included by codes_avx512.h and its likes, which have the vectors.
#pragma once

#include "bitmatmul/layout.h"
#include "kernels/kernel.h"
#include "kernels/multiply_codes.h"

namespace bitmatmul {
namespace {

// Codes of kBits bits, 0 .. kLargest. They are masked where they stand, after one shift for every kSums of them: code i
// has the weight 2^(kBits (i % kSums)), and so has its sum, which is shifted back once at the end, exactly. So kSums =
// 8 / kBits needs no shift at all, and kSums = 1 the fewest registers. But large weights fill 16 bits soon, so there
// kSums stays where the largest code is 8.
//
// Largest magnitude that a word adds to a sum: 127 * 4 columns of each quad * largest code, for kQuads / kSums quads.
// 32 bits: 127 * 4 * 128 a word of 16 columns, or 2 * 127 * 4 * 8 a word of 32; so below 4064 K < 2^30.
// 16 bits, which add up two columns each: kWordsIn16Bits is as many words as leave that below 2^15.
template <int kBits, int kLargest, int kSumCount>
struct BitCodes {
  static constexpr int kQuads = 8 / kBits;
  static constexpr int kSums = kSumsIn16Bits && kSumCount > 4 / kBits ? 4 / kBits : kSumCount;
  static constexpr int kLargestWeight = 1 << (kBits * (kSums - 1));
  static constexpr int64_t kWordsIn16Bits = 32767 / (127 * 2 * kLargest * kLargestWeight * (kQuads / kSums));
  static constexpr bool kBlocks = true;
  static constexpr int kUnpackerVectors = 1;

  struct Unpacker {
    Vec words;
    void Start(Vec w) { words = w; }
    template <int kQuad>
    Vec Next() const {
      constexpr int kBit = kBits * (kQuad % kSums);
      constexpr int kShift = kBits * kQuad - kBit;
      const Vec mask = EachByte(((1 << kBits) - 1) << kBit);
      return And(kShift == 0 ? words : ShiftRight(words, kShift), mask);
    }
  };
  static Vec Total(const Vec* sums) {
    Vec total = sums[0];
    for (int s = 1; s < kSums; ++s) total = Add(total, ShiftRightSigned(sums[s], kBits * s));
    return total;
  }
};

// Codes 0, 1, 2 for w + 1.
template <int kSumCount>
struct Ternary16 : BitCodes<2, 2, kSumCount> {
  static Vec Weigh(Vec total, int32_t q_sum) { return Subtract(total, EachInt(q_sum)); }
};

// Codes 0, 1 for (w + 1) / 2.
template <int kSumCount>
struct Binary32 : BitCodes<1, 1, kSumCount> {
  static Vec Weigh(Vec total, int32_t q_sum) { return Subtract(Add(total, total), EachInt(q_sum)); }
};

// Codes w + 1, five a byte. Of base-3 digits with q_0 = the byte, digit i is (3 q_i) >> 8 and q_(i+1) the low byte of 3
// q_i (bitmatmul/layout.h); so (9 q_i) >> 8 is the pair of digits 3 d_i + d_(i+1), and q_(i+2) the low byte of 9 q_i.
// Multiplying the lower or the upper byte of every 16 bits leaves the pair in the upper byte and the next q in the
// lower one, so both chains go on with the lower byte. Tables take the pairs, 0 .. 8, apart. All codes have weight 1; a
// second sum is there, where asked for, so that a VPDPBUSD need not wait for the one before.
//
// 32 bits: 2 * 127 * K < 2^26. 16 bits: a word adds five pairs of products, at most 5 * (2 * 2 * 127) = 2540 in
// magnitude; 12 words make 30,480 <= 32,767.
template <int kSumCount>
struct Ternary20 {
  static constexpr int kQuads = 5;
  static constexpr int kSums = !kSumsIn16Bits && kSumCount > 1 ? 2 : 1;
  static constexpr int64_t kWordsIn16Bits = 12;
  static constexpr bool kBlocks = false;
  static constexpr int kUnpackerVectors = 3;

  struct Unpacker {
    Vec even, odd;  // 16 bits each: what the lower and the upper bytes give
    Vec pairs;
    void Start(Vec words) {
      even = MultiplyBytePairs(words, EachBytePair(9, 0));
      odd = MultiplyBytePairs(words, EachBytePair(0, 9));
    }
    template <int kQuad>
    Vec Next() {
      if constexpr (kQuad % 2 == 1) return LookUp(RepeatBytes(0x0100020100020100, 2), pairs);
      pairs = MergeUpperBytes(even, odd);
      if constexpr (kQuad == kQuads - 1) return pairs;  // a single digit
      const Vec factors = EachBytePair(kQuad + 2 == kQuads - 1 ? 3 : 9, 0);
      even = MultiplyBytePairs(even, factors);
      odd = MultiplyBytePairs(odd, factors);
      return LookUp(RepeatBytes(0x0202010101000000, 2), pairs);
    }
  };
  static Vec Total(const Vec* sums) { return kSums == 1 ? sums[0] : Add(sums[0], sums[kSums - 1]); }
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
