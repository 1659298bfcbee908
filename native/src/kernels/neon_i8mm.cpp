// Every packing, activation and block size with SMMLA: 2 output rows x 8 columns times 8 columns x 2 rows of X.
//
// Two quads of 4 output rows, interleaved by 32 bits, are two such operands. A single row of X takes both places.
#include <cstring>

#include "kernels/neon_quantize.h"
#include "kernels/neon_tiles.h"

namespace bitmatmul {
namespace {

// Two quads of two rows of X. Where the word has but one more quad, it is there twice: the second meets codes of zero.
template <bool kBoth>
int8x16_t LoadPair(const int8_t* first, const int8_t* second) {
  if constexpr (kBoth) {
    return vcombine_s8(vld1_s8(first), vld1_s8(second));
  } else {
    int32_t four[2];
    memcpy(&four[0], first, sizeof(four[0]));
    memcpy(&four[1], second, sizeof(four[1]));
    return vreinterpretq_s8_s32(vcombine_s32(vdup_n_s32(four[0]), vdup_n_s32(four[1])));
  }
}

// kRows rows of X times kParts parts of a tile.
template <int kRows>
struct Squares {
  static constexpr int kPairs = (kRows + 1) / 2;
  static constexpr int kParts = kPairs == 4 ? 2 : kTileParts;
  // A sum is output rows 2 h, 2 h + 1 of a part by two rows of X.
  using Sums = int32x4_t[kPairs][kParts][2];

  template <class Packing, int kQuad>
  static void AddQuads(const uint8x16_t (&words)[kParts], const int8_t* q, int64_t stride, Sums& sums) {
    if constexpr (kQuad < Packing::kQuads) {
      constexpr bool kBoth = kQuad + 1 < Packing::kQuads;
      int8x16_t x[kPairs];
      for (int r = 0; r < kPairs; ++r) {
        const int8_t* first = q + 2 * r * stride + 4 * kQuad;
        x[r] = LoadPair<kBoth>(first, 2 * r + 1 < kRows ? first + stride : first);
      }
      for (int p = 0; p < kParts; ++p) {
        const int32x4_t even = vreinterpretq_s32_s8(Packing::template Code<kQuad, 1>(words[p]));
        int32x4_t odd = vdupq_n_s32(0);
        if constexpr (kBoth) odd = vreinterpretq_s32_s8(Packing::template Code<kQuad + 1, 1>(words[p]));
        const int8x16_t low = vreinterpretq_s8_s32(vzip1q_s32(even, odd));
        const int8x16_t high = vreinterpretq_s8_s32(vzip2q_s32(even, odd));
        for (int r = 0; r < kPairs; ++r) {
          sums[r][p][0] = vmmlaq_s32(sums[r][p][0], low, x[r]);
          sums[r][p][1] = vmmlaq_s32(sums[r][p][1], high, x[r]);
        }
      }
      AddQuads<Packing, kQuad + 2>(words, q, stride, sums);
    }
  }

  template <class Packing>
  static void SumParts(const MatMulArgs& a, const Span& span, int part, int32_t (&acc)[kRows][kTileRows]) {
    const uint8_t* weights = WordsOf(a, span) + part * kPartBytes;
    const int8_t* q = ActivationsOf<Packing>(a, span);
    Sums sums;
    for (int r = 0; r < kPairs; ++r) {
      for (int p = 0; p < kParts; ++p) sums[r][p][0] = sums[r][p][1] = vdupq_n_s32(0);
    }
    for (int64_t b = span.begin; b < span.end; ++b, weights += kWordBytes, q += 4 * Packing::kQuads) {
      uint8x16_t words[kParts];
      for (int p = 0; p < kParts; ++p) words[p] = vld1q_u8(weights + p * kPartBytes);
      AddQuads<Packing, 0>(words, q, a.q_stride, sums);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int p = 0; p < kParts; ++p) {
        const int32x4_t low = sums[r / 2][p][0], high = sums[r / 2][p][1];
        vst1q_s32(acc[r] + (part + p) * kPartRows, r % 2 == 0 ? vuzp1q_s32(low, high) : vuzp2q_s32(low, high));
      }
    }
  }
};

struct MatrixProducts {
  static constexpr int kMaxRows = 8;

  template <class Packing, int kRows>
  static void SumTile(const MatMulArgs& a, const Span& span, int32_t (&acc)[kRows][kTileRows]) {
    for (int part = 0; part < kTileParts; part += Squares<kRows>::kParts) {
      Squares<kRows>::template SumParts<Packing>(a, span, part, acc);
    }
  }
};

}  // namespace

extern const KernelCode kNeonI8mm;
const KernelCode kNeonI8mm = {&MultiplyAnyPacking<MatrixProducts>, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
