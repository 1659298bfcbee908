// binary32 with sign activations (W1A1): XNOR and popcount, with CNT, which counts the bits of every byte.
//
// Activations are packed as the weights are, a word of signs for 32 columns (packs_signs in kernel.h). Of the bits that
// differ, those of columns beyond K are masked away, whatever weights and signs hold there.
#include "kernels/neon_quantize.h"
#include "kernels/neon_tiles.h"
#include "kernels/sign_bits.h"

namespace bitmatmul {
namespace {

// Words whose counts may be added up in bytes: a word adds at most 8, and 31 words 248 <= 255.
constexpr int64_t kWordsInBytes = 31;

inline uint8x16_t EachWord(uint32_t word) { return vreinterpretq_u8_u32(vdupq_n_u32(word)); }

// The words [begin, end) of a tile, at most kWordsInBytes of them, and which of their bits count.
struct Words {
  int64_t begin;
  int64_t end;
  uint32_t mask;
};

// differ[r][p] += bits that differ between row r of X and the output rows of part p.
template <int kRows>
void AddDiffering(const uint8_t* weights, const int8_t* q, int64_t q_stride, const Words& words,
                  uint32x4_t (&differ)[kRows][kTileParts]) {
  uint8x16_t counts[kRows][kTileParts];
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kTileParts; ++p) counts[r][p] = vdupq_n_u8(0);
  }
  const uint8x16_t mask = EachWord(words.mask);
  for (int64_t b = words.begin; b < words.end; ++b) {
    uint8x16_t x[kRows];
    for (int r = 0; r < kRows; ++r) x[r] = EachWord(static_cast<uint32_t>(LoadSigns(q + r * q_stride, b)));
    for (int p = 0; p < kTileParts; ++p) {
      const uint8x16_t w = vld1q_u8(weights + b * kWordBytes + p * kPartBytes);
      for (int r = 0; r < kRows; ++r) {
        const uint8x16_t unlike = vandq_u8(veorq_u8(w, x[r]), mask);
        counts[r][p] = vaddq_u8(counts[r][p], vcntq_u8(unlike));
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kTileParts; ++p) differ[r][p] = vpadalq_u16(differ[r][p], vpaddlq_u8(counts[r][p]));
  }
}

// kRows rows of X times a tile. acc = K - 2 * (columns that differ).
template <int kRows>
void MultiplySignTile(const MatMulArgs& a, int64_t tile, int64_t m) {
  const uint8_t* weights = WordsOf(a, {tile, m, 0, a.words_per_row});
  const int8_t* q = a.q + m * a.q_stride;
  uint32x4_t differ[kRows][kTileParts];
  for (int r = 0; r < kRows; ++r) {
    for (int p = 0; p < kTileParts; ++p) differ[r][p] = vdupq_n_u32(0);
  }
  const int64_t last = a.words_per_row - 1;
  for (int64_t b = 0; b < last; b += kWordsInBytes) {
    const int64_t end = b + kWordsInBytes < last ? b + kWordsInBytes : last;
    AddDiffering(weights, q, a.q_stride, {b, end, 0xffffffffu}, differ);
  }
  AddDiffering(weights, q, a.q_stride, {last, last + 1, SignBitsBelow(a.k - last * kSignsInWord)}, differ);
  const int32x4_t k = vdupq_n_s32(static_cast<int32_t>(a.k));
  for (int r = 0; r < kRows; ++r) {
    alignas(16) int32_t acc[kTileRows];
    for (int p = 0; p < kTileParts; ++p) {
      vst1q_s32(acc + p * kPartRows, vmlsq_n_s32(k, vreinterpretq_s32_u32(differ[r][p]), 2));
    }
    StoreTile(a, tile, m + r, acc);
  }
}

void MultiplySigns(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  for (int64_t tile = tile_begin; tile < tile_end; ++tile) {
    int64_t m = row_begin;
    for (; m + 4 <= row_end; m += 4) MultiplySignTile<4>(a, tile, m);
    for (; m < row_end; ++m) MultiplySignTile<1>(a, tile, m);
  }
}

// The word of those among up to 32 activations that are below 0: quad i of bytes gets bit i, and all are put together.
uint32_t PackNegative(const float* x, int64_t count) {
  static const uint8_t kBits[32] = {0x01, 0x01, 0x01, 0x01, 0x02, 0x02, 0x02, 0x02, 0x04, 0x04, 0x04,
                                    0x04, 0x08, 0x08, 0x08, 0x08, 0x10, 0x10, 0x10, 0x10, 0x20, 0x20,
                                    0x20, 0x20, 0x40, 0x40, 0x40, 0x40, 0x80, 0x80, 0x80, 0x80};
  uint8x16_t bits = vdupq_n_u8(0);
  for (int64_t k = 0; k < kSignsInWord && k < count; k += kFloatsAtOnce) {
    const uint8x16_t negative = vreinterpretq_u8_s8(FindNegative(LoadFirst(x + k, count - k)));
    bits = vorrq_u8(bits, vandq_u8(negative, vld1q_u8(kBits + k)));
  }
  const uint8x8_t two = vorr_u8(vget_low_u8(bits), vget_high_u8(bits));
  const uint64_t words = vget_lane_u64(vreinterpret_u64_u8(two), 0);
  return static_cast<uint32_t>(words) | static_cast<uint32_t>(words >> 32);
}

bool QuantizeSignBits(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  int32_t negatives = 0;
  for (int64_t k = 0; k < count; k += kSignsInWord) {
    const uint32_t negative = PackNegative(x + k, count - k);
    negatives += vaddv_u8(vcnt_u8(vreinterpret_u8_u32(vset_lane_u32(negative, vdup_n_u32(0), 0))));
    StoreSigns(q, k / kSignsInWord, SignBitsBelow(count - k) & ~negative);
  }
  *inv_scale = 1.0f;
  *q_sum = static_cast<int32_t>(count) - 2 * negatives;
  return true;
}

}  // namespace

extern const KernelCode kNeonSign;
const KernelCode kNeonSign = {&MultiplySigns, nullptr, &QuantizeSignBits, true};

}  // namespace bitmatmul
