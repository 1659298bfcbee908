// binary32 with sign activations (W1A1): XNOR and popcount, with VPSHUFB as a table of the bits in four.
//
// Activations are packed as the weights are, a word of signs for 32 columns (packs_signs in kernel.h). Of the bits that
// differ, those of columns beyond K are masked away, whatever weights and signs hold there.
#include "kernels/epilogue.h"
#include "kernels/quantize_avx2.h"
#include "kernels/sign_bits.h"
#include "kernels/streams.h"
#include "kernels/vector_avx2.h"

namespace bitmatmul {
namespace {

constexpr int kHalves = 2;  // of a tile, 8 rows each
// Words whose counts may be added up in bytes: a word adds at most 8, and 31 words 248 <= 255.
constexpr int64_t kWordsInBytes = 31;

inline Vec BroadcastSigns(const int8_t* q, int64_t b) { return EachInt(LoadSigns(q, b)); }

// Set bits of every byte.
inline Vec CountBits(Vec bits) {
  const Vec counts = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,  //
                                      0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const Vec four = EachByte(0x0f);
  const Vec low = _mm256_shuffle_epi8(counts, And(bits, four));
  return _mm256_add_epi8(low, _mm256_shuffle_epi8(counts, And(ShiftRight(bits, 4), four)));
}

// The four unsigned bytes of each row, added up.
inline Vec SumBytes(Vec counts) {
  return _mm256_madd_epi16(_mm256_maddubs_epi16(counts, EachByte(1)), _mm256_set1_epi16(1));
}

// Adds what differs in the words [begin, end), at most kWordsInBytes of them, and of those in the bits of `mask`.
template <int kRows>
void AddDiffering(const MatMulArgs& a, const uint8_t* weights, const int8_t* q, int64_t begin, int64_t end, Vec mask,
                  Vec (&differ)[kRows][kHalves]) {
  Vec counts[kRows][kHalves];
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < kHalves; ++h) counts[r][h] = Zero();
  }
  for (int64_t b = begin; b < end; ++b) {
    const uint8_t* at = weights + b * kWordBytes;
    _mm_prefetch(reinterpret_cast<const char*>(at + kAhead<1>), _MM_HINT_T0);
    for (int r = 0; r < kRows; ++r) {
      const Vec x = BroadcastSigns(q + r * a.q_stride, b);
      for (int h = 0; h < kHalves; ++h) {
        const Vec unlike = And(_mm256_xor_si256(Load(at + h * kVecBytes), x), mask);
        counts[r][h] = _mm256_add_epi8(counts[r][h], CountBits(unlike));
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < kHalves; ++h) differ[r][h] = Add(differ[r][h], SumBytes(counts[r][h]));
  }
}

// kRows rows of X times a tile. acc = K - 2 * (columns that differ).
template <int kRows>
void MultiplyTile(const MatMulArgs& a, int64_t tile, int64_t m) {
  const uint8_t* weights = reinterpret_cast<const uint8_t*>(a.weights) + tile * a.words_per_row * kWordBytes;
  const int8_t* q = a.q + m * a.q_stride;
  Vec differ[kRows][kHalves];
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < kHalves; ++h) differ[r][h] = Zero();
  }
  const int64_t last = a.words_per_row - 1;
  for (int64_t b = 0; b < last; b += kWordsInBytes) {
    AddDiffering(a, weights, q, b, b + kWordsInBytes < last ? b + kWordsInBytes : last, EachByte(0xff), differ);
  }
  const Vec columns = EachInt(static_cast<int32_t>(SignBitsBelow(a.k - last * kSignsInWord)));
  AddDiffering(a, weights, q, last, last + 1, columns, differ);
  const Vec k = EachInt(static_cast<int32_t>(a.k));
  for (int r = 0; r < kRows; ++r) {
    alignas(32) int32_t acc[kTileRows];
    for (int h = 0; h < kHalves; ++h) {
      Store(acc + h * kTileRows / kHalves, Subtract(k, Add(differ[r][h], differ[r][h])));
    }
    StoreTile(a, tile, m + r, acc);
  }
}

void MultiplySigns(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  for (int64_t tile = tile_begin; tile < tile_end; ++tile) {
    int64_t m = row_begin;
    for (; m + 2 <= row_end; m += 2) MultiplyTile<2>(a, tile, m);
    if (m < row_end) MultiplyTile<1>(a, tile, m);
  }
}

// The signs of up to 32 activations: bits of those that are below 0.
inline uint32_t FindNegativeInWord(const float* x, int64_t count) {
  uint32_t negative = 0;
  for (int64_t k = 0; k < kSignsInWord && k < count; k += 8) negative |= FindNegative(x + k, count - k) << k;
  return negative;
}

bool QuantizeSignBits(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  int32_t negatives = 0;
  for (int64_t k = 0; k < count; k += kSignsInWord) {
    const int64_t left = count - k;
    const uint32_t negative = FindNegativeInWord(x + k, left);
    negatives += _mm_popcnt_u32(negative);
    StoreSigns(q, k / kSignsInWord, SignBitsBelow(left) & ~ArrangeSigns(negative));
  }
  *inv_scale = 1.0f;
  *q_sum = static_cast<int32_t>(count) - 2 * negatives;
  return true;
}

}  // namespace

extern const KernelCode kAvx2Sign;
const KernelCode kAvx2Sign = {&MultiplySigns, nullptr, &QuantizeSignBits, true};

}  // namespace bitmatmul
