// Sums by products with a lane: the four activations of a quad, one 32-bit lane of a register, meet the codes of all
// rows, and no horizontal sum is needed. With or without the dot product instructions: the file that includes this says
// for LaneProducts what its products are, a struct with
//   Sum                      of products of one row of X and 4 output rows
//   kSumsAtOnce              such sums that the registers have room for
//   kSumsIn16Bits            whether a sum must be widened every kWordsIn16Bits words
//   Zero(), Add<lane>(sum, codes, x), Widen(sum)
#pragma once

#include <cstring>

#include "kernels/neon_tiles.h"

namespace bitmatmul {
namespace {

// kCount quads of activations: 4, or 1 at the end of a ternary20 word, to lane 0.
template <int kCount>
inline int8x16_t LoadQuads(const int8_t* q) {
  static_assert(kCount == 4 || kCount == 1, "a whole register or one lane");
  if constexpr (kCount == 4) {
    return vld1q_s8(q);
  } else {
    int32_t four;
    memcpy(&four, q, sizeof(four));
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
  }
}

template <class Products, int kRows>
struct Lanes {
  using Sum = typename Products::Sum;
  // Parts of a tile in a pass, and sums that each of them has: several keep a sum from waiting for the one before.
  static constexpr int kPerRow = Products::kSumsAtOnce / kRows;
  static constexpr int kParts = kPerRow < kTileParts ? kPerRow : kTileParts;
  static constexpr int kSums = kPerRow / kParts;
  using Sums = Sum[kRows][kParts][kSums];

  // Quads kQuad .. of one word.
  template <class Packing, int kQuad>
  static void AddQuads(const uint8x16_t (&words)[kParts], const int8_t* q, int64_t stride, int8x16_t (&x)[kRows],
                       Sums& sums) {
    if constexpr (kQuad < Packing::kQuads) {
      if constexpr (kQuad % 4 == 0) {
        constexpr int kCount = Packing::kQuads - kQuad < 4 ? Packing::kQuads - kQuad : 4;
        for (int r = 0; r < kRows; ++r) x[r] = LoadQuads<kCount>(q + r * stride + 4 * kQuad);
      }
      for (int p = 0; p < kParts; ++p) {
        const int8x16_t code = Packing::template Code<kQuad, kSums>(words[p]);
        for (int r = 0; r < kRows; ++r) {
          Sum& sum = sums[r][p][kQuad % kSums];
          sum = Products::template Add<kQuad % 4>(sum, code, x[r]);
        }
      }
      AddQuads<Packing, kQuad + 1>(words, q, stride, x, sums);
    }
  }

  // totals += sum of code * q over `count` words, no more than the sums can hold.
  template <class Packing>
  static void AddWords(const uint8_t* weights, const int8_t* q, int64_t stride, int64_t count,
                       int32x4_t (&totals)[kRows][kParts]) {
    Sums sums;
    for (int r = 0; r < kRows; ++r) {
      for (int p = 0; p < kParts; ++p) {
        for (int i = 0; i < kSums; ++i) sums[r][p][i] = Products::Zero();
      }
    }
    for (; count > 0; --count, weights += kWordBytes, q += 4 * Packing::kQuads) {
      uint8x16_t words[kParts];
      for (int p = 0; p < kParts; ++p) words[p] = vld1q_u8(weights + p * kPartBytes);
      int8x16_t x[kRows];
      AddQuads<Packing, 0>(words, q, stride, x, sums);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int p = 0; p < kParts; ++p) {
        int32x4_t wide[kSums];
        for (int i = 0; i < kSums; ++i) wide[i] = Products::Widen(sums[r][p][i]);
        totals[r][p] = vaddq_s32(totals[r][p], Packing::template Total<kSums>(wide));
      }
    }
  }

  template <class Packing>
  static void SumParts(const MatMulArgs& a, const Span& span, int part, int32_t (&acc)[kRows][kTileRows]) {
    const uint8_t* weights = WordsOf(a, span) + part * kPartBytes;
    const int8_t* q = ActivationsOf<Packing>(a, span);
    int32x4_t totals[kRows][kParts];
    for (int r = 0; r < kRows; ++r) {
      for (int p = 0; p < kParts; ++p) totals[r][p] = vdupq_n_s32(0);
    }
    const int64_t chunk = Products::kSumsIn16Bits ? Packing::kWordsIn16Bits : span.end - span.begin;
    for (int64_t left = span.end - span.begin; left > 0; left -= chunk) {
      AddWords<Packing>(weights, q, a.q_stride, left < chunk ? left : chunk, totals);
      weights += chunk * kWordBytes;
      q += chunk * 4 * Packing::kQuads;
    }
    for (int r = 0; r < kRows; ++r) {
      for (int p = 0; p < kParts; ++p) vst1q_s32(acc[r] + (part + p) * kPartRows, totals[r][p]);
    }
  }
};

// An instruction set for neon_tiles.h.
template <class Products>
struct LaneProducts {
  static constexpr int kMaxRows = Products::kSumsAtOnce / 2;

  template <class Packing, int kRows>
  static void SumTile(const MatMulArgs& a, const Span& span, int32_t (&acc)[kRows][kTileRows]) {
    using Block = Lanes<Products, kRows>;
    for (int part = 0; part < kTileParts; part += Block::kParts) {
      Block::template SumParts<Packing>(a, span, part, acc);
    }
  }
};

}  // namespace
}  // namespace bitmatmul
