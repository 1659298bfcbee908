// CustomMatMulNBits with NEON: weights as signed bytes meet the two digits of activations. The file that includes this
// says also
//   Dot(sum, weights, q)   in each of 32 bits, the products of its four bytes
#pragma once

#include <arm_neon.h>

#include "kernels/nbits_quantize.h"
#include "kernels/nbits_rows.h"

namespace bitmatmul {
namespace {

// Bytes of weights in a vector.
constexpr int64_t kBytesAtOnce = 16;

inline uint8x16_t LoadFirst(const uint8_t* p, int64_t count) {
  uint8_t bytes[kBytesAtOnce] = {};
  memcpy(bytes, p, static_cast<size_t>(count));
  return vld1q_u8(bytes);
}

struct Neon {
  // Accumulators are 2 * streams * rows of 32 registers.
  template <int kRows>
  static constexpr int kStreams = kRows <= 2 ? 4 : 2;
  static constexpr int kMostRows = 4;
  template <int kBits>
  static constexpr int32_t kOffset = 0;
  template <int kBits, int kSixteens>
  static constexpr bool kTakesBlocks = false;

  // Sums of products with high and low digits. None leaves 32 bits.
  struct Sums {
    int32x4_t high;
    int32x4_t low;
  };

  // One vector of bytes of each stream.
  template <int kBits, int kTheStreams, int kRows>
  static void Add(const NBitsArgs& a, const uint8x16_t (&bytes)[kTheStreams], const int8_t* q,
                  Sums (&sums)[kRows][kTheStreams]) {
    int8x16_t weights[kTheStreams];
    if constexpr (kBits == 8) {
      for (int s = 0; s < kTheStreams; ++s) weights[s] = vreinterpretq_s8_u8(veorq_u8(bytes[s], vdupq_n_u8(128)));
      AddProducts(a, weights, q, sums);
    } else {
      const int8x16_t zero = vdupq_n_s8(8);
      for (int s = 0; s < kTheStreams; ++s) {
        weights[s] = vsubq_s8(vreinterpretq_s8_u8(vandq_u8(bytes[s], vdupq_n_u8(15))), zero);
      }
      AddProducts(a, weights, q, sums);
      for (int s = 0; s < kTheStreams; ++s) {
        weights[s] = vsubq_s8(vreinterpretq_s8_u8(vshrq_n_u8(bytes[s], 4)), zero);
      }
      AddProducts(a, weights, q + kNBitsChunk / 2, sums);
    }
  }

  template <int kTheStreams, int kRows>
  static void AddProducts(const NBitsArgs& a, const int8x16_t (&weights)[kTheStreams], const int8_t* q,
                          Sums (&sums)[kRows][kTheStreams]) {
    for (int r = 0; r < kRows; ++r) {
      const int8x16_t high = vld1q_s8(q + r * 2 * a.padded);
      const int8x16_t low = vld1q_s8(q + r * 2 * a.padded + a.padded);
      for (int s = 0; s < kTheStreams; ++s) {
        sums[r][s].high = Dot(sums[r][s].high, weights[s], high);
        sums[r][s].low = Dot(sums[r][s].low, weights[s], low);
      }
    }
  }

  template <int kBits, int kTheStreams, int kRows>
  static void SumRows(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t (&acc)[kRows][kTheStreams]) {
    const uint8_t* const weights = a.weights + n * a.row_bytes;
    const int64_t run_bytes = run * a.row_bytes;
    const int8_t* const q = a.q + m * 2 * a.padded;
    const int64_t whole = a.row_bytes / kBytesAtOnce * kBytesAtOnce;
    Sums sums[kRows][kTheStreams];
    for (auto& row : sums) {
      for (Sums& sum : row) sum = {vdupq_n_s32(0), vdupq_n_s32(0)};
    }
    uint8x16_t bytes[kTheStreams];
    for (int64_t at = 0; at < whole; at += kBytesAtOnce) {
      for (int s = 0; s < kTheStreams; ++s) bytes[s] = vld1q_u8(weights + s * run_bytes + at);
      Add<kBits>(a, bytes, q + PlaceOf<kBits>(at), sums);
    }
    if (whole < a.row_bytes) {
      for (int s = 0; s < kTheStreams; ++s) {
        bytes[s] = LoadFirst(weights + s * run_bytes + whole, a.row_bytes - whole);
      }
      Add<kBits>(a, bytes, q + PlaceOf<kBits>(whole), sums);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int s = 0; s < kTheStreams; ++s) {
        acc[r][s] = int64_t{128} * vaddvq_s32(sums[r][s].high) + vaddvq_s32(sums[r][s].low);
      }
    }
  }

  // 128 * high + low of one vector of weights at byte `at`.
  template <int kBits>
  static int32x4_t Joined(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t at) {
    const int64_t left = a.row_bytes - at;
    if (left <= 0) return vdupq_n_s32(0);
    const uint8x16_t bytes[1] = {left >= kBytesAtOnce ? vld1q_u8(weights + at) : LoadFirst(weights + at, left)};
    Sums sums[1][1] = {{{vdupq_n_s32(0), vdupq_n_s32(0)}}};
    Add<kBits>(a, bytes, q + PlaceOf<kBits>(at), sums);
    return vaddq_s32(vshlq_n_s32(sums[0][0].high, 7), sums[0][0].low);
  }

  // A vector is one sixteen of 8-bit columns, or two of 4-bit ones.
  template <int kBits>
  static void SumSixteens(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t column, int32_t* sums) {
    for (int64_t at = column * kBits / 8; at < (column + kNBitsPadding) * kBits / 8; at += 2 * kBytesAtOnce) {
      const int32x4_t pairs =
          vpaddq_s32(Joined<kBits>(a, weights, q, at), Joined<kBits>(a, weights, q, at + kBytesAtOnce));
      if constexpr (kBits == 8) {
        const int32x4_t sixteens = vpaddq_s32(pairs, pairs);
        vst1_s32(sums, vget_low_s32(sixteens));
        sums += 2;
      } else {
        vst1q_s32(sums, pairs);
        sums += 4;
      }
    }
  }
};

}  // namespace
}  // namespace bitmatmul
