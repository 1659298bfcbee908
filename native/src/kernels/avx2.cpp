// ternary16 x int8 with VPMADDUBSW: 32 bytes of weights are 8 rows x 4 columns of each of four bit pairs, the unsigned
// operand; the same four activations of a row of X, broadcast, are the signed one. The codes are w + 1, so the sum of
// the activations is subtracted at the end. Padding columns multiply activations that are zero.
#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/epilogue.h"
#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

constexpr int64_t kWordBytes = 64;  // one word of each of a tile's 16 rows
constexpr int64_t kHalfRows = 8;    // rows in a register
constexpr int64_t kPrefetchBytes = 4096;

// Words whose products may be added up in 16 bits. A word adds to `fours` two pairs of products of codes at weight 4,
// at most 2 x (2 x 8 x 127) = 4064 in magnitude; 8 words make 32,512 <= 32,767. `ones` holds a quarter of that.
constexpr int64_t kWordsIn16Bits = 8;

__m256i BroadcastFour(const int8_t* q) {
  int32_t four;
  memcpy(&four, q, sizeof(four));
  return _mm256_set1_epi32(four);
}

// The codes of one word of 8 rows, masked where they stand after a single shift: pairs 0 and 2 at weight 1, pairs 1
// and 3 at weight 4.
struct Codes {
  __m256i pair[4];
};

Codes Unpack(const uint8_t* words) {
  const __m256i w = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
  const __m256i shifted = _mm256_srli_epi32(w, 4);
  const __m256i low = _mm256_set1_epi8(0x03);
  const __m256i high = _mm256_set1_epi8(0x0c);
  return {{_mm256_and_si256(w, low), _mm256_and_si256(w, high), _mm256_and_si256(shifted, low),
           _mm256_and_si256(shifted, high)}};
}

// Four times the 32-bit sums: ones counts four times, fours once.
__m256i Widen(__m256i ones, __m256i fours) {
  return _mm256_add_epi32(_mm256_madd_epi16(ones, _mm256_set1_epi16(4)),
                          _mm256_madd_epi16(fours, _mm256_set1_epi16(1)));
}

// kRows rows of X times kHalves halves of a tile, from row 8 half on.
template <int kRows, int kHalves>
void MultiplyHalves(const MatMulArgs& a, int64_t tile, int64_t half, int64_t m, int32_t (*acc)[kTileRows]) {
  const int64_t tile_bytes = a.words_per_row * kWordBytes;
  const uint8_t* weights = reinterpret_cast<const uint8_t*>(a.weights) + tile * tile_bytes + half * 32;
  const int8_t* q = a.q + m * a.q_stride;
  __m256i sums[kRows][kHalves];
  for (int r = 0; r < kRows; ++r) {
    for (int h = 0; h < kHalves; ++h) sums[r][h] = _mm256_setzero_si256();
  }
  for (int64_t begin = 0; begin < a.words_per_row; begin += kWordsIn16Bits) {
    const int64_t left = a.words_per_row - begin;
    const int64_t words = left < kWordsIn16Bits ? left : kWordsIn16Bits;
    __m256i ones[kRows][kHalves], fours[kRows][kHalves];
    for (int r = 0; r < kRows; ++r) {
      for (int h = 0; h < kHalves; ++h) ones[r][h] = fours[r][h] = _mm256_setzero_si256();
    }
    for (int64_t b = 0; b < words; ++b, weights += kWordBytes, q += 16) {
      _mm_prefetch(reinterpret_cast<const char*>(weights + kPrefetchBytes), _MM_HINT_T0);
      for (int h = 0; h < kHalves; ++h) {
        const Codes codes = Unpack(weights + 32 * h);
        for (int r = 0; r < kRows; ++r) {
          const int8_t* x = q + r * a.q_stride;
          const __m256i p0 = _mm256_maddubs_epi16(codes.pair[0], BroadcastFour(x));
          const __m256i p1 = _mm256_maddubs_epi16(codes.pair[1], BroadcastFour(x + 4));
          const __m256i p2 = _mm256_maddubs_epi16(codes.pair[2], BroadcastFour(x + 8));
          const __m256i p3 = _mm256_maddubs_epi16(codes.pair[3], BroadcastFour(x + 12));
          ones[r][h] = _mm256_add_epi16(ones[r][h], _mm256_add_epi16(p0, p2));
          fours[r][h] = _mm256_add_epi16(fours[r][h], _mm256_add_epi16(p1, p3));
        }
      }
    }
    for (int r = 0; r < kRows; ++r) {
      for (int h = 0; h < kHalves; ++h) sums[r][h] = _mm256_add_epi32(sums[r][h], Widen(ones[r][h], fours[r][h]));
    }
  }
  for (int r = 0; r < kRows; ++r) {
    const __m256i q_sum = _mm256_set1_epi32(a.q_sum[m + r]);
    for (int h = 0; h < kHalves; ++h) {
      const __m256i sum = _mm256_sub_epi32(_mm256_srai_epi32(sums[r][h], 2), q_sum);
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(acc[r] + kHalfRows * (half + h)), sum);
    }
  }
}

// With several rows of X the registers are enough for one half at a time; the tile is in the L1 cache for the second.
template <int kRows>
void MultiplyTile(const MatMulArgs& a, int64_t tile, int64_t m) {
  alignas(32) int32_t acc[kRows][kTileRows];
  if (kRows == 1) {
    MultiplyHalves<kRows, 2>(a, tile, 0, m, acc);
  } else {
    MultiplyHalves<kRows, 1>(a, tile, 0, m, acc);
    MultiplyHalves<kRows, 1>(a, tile, 1, m, acc);
  }
  for (int r = 0; r < kRows; ++r) StoreTile(a, tile, m + r, acc[r]);
}

void Multiply(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  for (int64_t tile = tile_begin; tile < tile_end; ++tile) {
    int64_t m = row_begin;
    for (; m + 4 <= row_end; m += 4) MultiplyTile<4>(a, tile, m);
    if (m + 2 <= row_end) {
      MultiplyTile<2>(a, tile, m);
      m += 2;
    }
    if (m < row_end) MultiplyTile<1>(a, tile, m);
  }
}

// Eight activations, zeros behind the end.
__m256 LoadEight(const float* x, int64_t count) {
  if (count >= 8) return _mm256_loadu_ps(x);
  alignas(32) float padded[8] = {};
  memcpy(padded, x, static_cast<size_t>(count) * sizeof(float));
  return _mm256_load_ps(padded);
}

// The bits of the largest magnitude: as integers, magnitudes stand in their order, with infinity and the NaNs on top.
uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  const __m256i magnitude = _mm256_set1_epi32(0x7fffffff);
  __m256i largest = _mm256_setzero_si256();
  for (int64_t k = 0; k < count; k += 8) {
    const __m256i bits = _mm256_castps_si256(LoadEight(x + k, count - k));
    largest = _mm256_max_epu32(largest, _mm256_and_si256(bits, magnitude));
  }
  alignas(32) uint32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), largest);
  uint32_t bits = 0;
  for (const uint32_t lane : lanes) bits = lane > bits ? lane : bits;
  return bits;
}

int32_t SumLanes(__m256i v) {
  alignas(32) int32_t lanes[8];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), v);
  int32_t sum = 0;
  for (const int32_t lane : lanes) sum += lane;
  return sum;
}

bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (bits >= 0x7f800000u) return false;
  float a;
  memcpy(&a, &bits, sizeof(a));
  const float inv_absmax = 1.0f / (a > 1e-5f ? a : 1e-5f);
  const float s = inv_absmax * 127.0f;
  const __m256 scale = _mm256_set1_ps(s);
  const __m256i low = _mm256_set1_epi32(-127);
  const __m256i high = _mm256_set1_epi32(127);
  __m256i sums = _mm256_setzero_si256();
  for (int64_t k = 0; k < count; k += 8) {
    const __m256i rounded = _mm256_cvtps_epi32(_mm256_mul_ps(LoadEight(x + k, count - k), scale));
    const __m256i clamped = _mm256_min_epi32(_mm256_max_epi32(rounded, low), high);
    sums = _mm256_add_epi32(sums, clamped);
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(clamped), _mm256_extracti128_si256(clamped, 1));
    const int64_t bytes = _mm_cvtsi128_si64(_mm_packs_epi16(words, words));
    memcpy(q + k, &bytes, static_cast<size_t>(count - k < 8 ? count - k : 8));
  }
  *inv_scale = 1.0f / s;
  *q_sum = SumLanes(sums);
  return true;
}

}  // namespace

extern const KernelCode kAvx2Ternary16Int8;
const KernelCode kAvx2Ternary16Int8 = {&Multiply, &QuantizeInt8, nullptr};

}  // namespace bitmatmul
