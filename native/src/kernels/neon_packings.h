// Packings as NEON takes them: 16 bytes of words are 4 output rows, and quad i of them is the codes of those rows for
// the columns 4 i .. 4 i + 3 of the word. Each quad comes out of the words by itself, so that few registers are needed.
//
// A packing is a struct with
//   kQuads              in a word
//   kWordsIn16Bits      words whose products a 16-bit sum can hold, |q| <= 127
//   kFactor             sum of w * q = kFactor * sum of code * q - sum of q
//   Code<i, kSums>(w)   quad i, signed
//   Total<kSums>(sums)  sum of code * q, where quad i went to sum i % kSums
// Padding columns meet activations that are zero.
#pragma once

#include <arm_neon.h>

#include <cstdint>

namespace bitmatmul {
namespace {

template <int kSums>
inline int32x4_t AddAll(const int32x4_t* sums) {
  if constexpr (kSums == 1) {
    return sums[0];
  } else {
    return vaddq_s32(AddAll<kSums / 2>(sums), AddAll<kSums / 2>(sums + kSums / 2));
  }
}

// Codes 0, 1, 2 for w + 1. Where each quad has a sum of its own, the codes of quads 0, 1 and 2 stay where they are, at
// weights 1, 4 and 16, and their sums are shifted back at the end: 16 * 2 * 127 * K / 4 < 2^27 for the contract's K.
// 16 bits: a word adds 4 products to a sum, 32 words 128 * 2 * 127 = 32,512 <= 32,767.
struct Ternary16 {
  static constexpr int kQuads = 4;
  static constexpr int64_t kWordsIn16Bits = 32;
  static constexpr int32_t kFactor = 1;

  template <int kQuad, int kSums>
  static int8x16_t Code(uint8x16_t words) {
    if constexpr (kQuad == 3) {
      return vreinterpretq_s8_u8(vshrq_n_u8(words, 6));
    } else if constexpr (kQuad == 0) {
      return vreinterpretq_s8_u8(vandq_u8(words, vdupq_n_u8(0x03)));
    } else if constexpr (kSums == kQuads) {
      return vreinterpretq_s8_u8(vandq_u8(words, vdupq_n_u8(0x03 << (2 * kQuad))));
    } else {
      return vreinterpretq_s8_u8(vandq_u8(vshrq_n_u8(words, 2 * kQuad), vdupq_n_u8(0x03)));
    }
  }
  template <int kSums>
  static int32x4_t Total(const int32x4_t* sums) {
    if constexpr (kSums == kQuads) {
      const int32x4_t shifted = vaddq_s32(vshrq_n_s32(sums[1], 2), vshrq_n_s32(sums[2], 4));
      return vaddq_s32(vaddq_s32(sums[0], sums[3]), shifted);
    } else {
      return AddAll<kSums>(sums);
    }
  }
};

// Codes 0, -1 for a bit that is 0, 1, as a test of bits leaves them. 16 bits: 8 products a word, 32 words
// 256 * 127 = 32,512.
struct Binary32 {
  static constexpr int kQuads = 8;
  static constexpr int64_t kWordsIn16Bits = 32;
  static constexpr int32_t kFactor = -2;

  template <int kQuad, int kSums>
  static int8x16_t Code(uint8x16_t words) {
    return vreinterpretq_s8_u8(vtstq_u8(words, vdupq_n_u8(1 << kQuad)));
  }
  template <int kSums>
  static int32x4_t Total(const int32x4_t* sums) {
    return AddAll<kSums>(sums);
  }
};

// Codes 0, -1, -2 for w + 1. Digit i is (3 q_i) >> 8 with q_i the low byte of 3^i times the stored byte
// (bitmatmul/layout.h): 0 below 86, 1 below 171, 2 from there on, and a comparison that holds is -1. 16 bits: 5
// products a word, 25 words 125 * 2 * 127 = 31,750.
struct Ternary20 {
  static constexpr int kQuads = 5;
  static constexpr int64_t kWordsIn16Bits = 25;
  static constexpr int32_t kFactor = -1;

  static constexpr uint8_t Power(int exponent) {
    return static_cast<uint8_t>(exponent == 0 ? 1 : 3 * Power(exponent - 1));
  }
  template <int kQuad, int kSums>
  static int8x16_t Code(uint8x16_t words) {
    const uint8x16_t q = kQuad == 0 ? words : vmulq_u8(words, vdupq_n_u8(Power(kQuad)));
    const uint8x16_t code = vaddq_u8(vcgeq_u8(q, vdupq_n_u8(86)), vcgeq_u8(q, vdupq_n_u8(171)));
    return vreinterpretq_s8_u8(code);
  }
  template <int kSums>
  static int32x4_t Total(const int32x4_t* sums) {
    return AddAll<kSums>(sums);
  }
};

}  // namespace
}  // namespace bitmatmul
