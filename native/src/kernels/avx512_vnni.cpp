// ternary16 x int8 with VPDPBUSD: 64 bytes of weights are 16 rows x 4 columns of each of four bit pairs, the unsigned
// operand; the same four activations of a row of X, broadcast, are the signed one. The codes are w + 1, so the sum of
// the activations is subtracted at the end. Padding columns multiply activations that are zero.
#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/epilogue.h"
#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

constexpr int64_t kWordBytes = 64;        // one word of each of a tile's 16 rows
constexpr int64_t kPrefetchBytes = 2048;  // ahead on each of the streams that a pass reads

__m512i LoadWords(const uint8_t* words) { return _mm512_loadu_si512(words); }

// Activations 4 i .. 4 i + 3 of a word, to all 16 rows.
__m512i BroadcastFour(const int8_t* q) {
  int32_t four;
  memcpy(&four, q, sizeof(four));
  return _mm512_set1_epi32(four);
}

void StoreSums(const MatMulArgs& a, int64_t tile, int64_t m, __m512i sums) {
  alignas(64) int32_t acc[kTileRows];
  _mm512_store_si512(acc, _mm512_sub_epi32(sums, _mm512_set1_epi32(a.q_sum[m])));
  StoreTile(a, tile, m, acc);
}

// What to prefetch at byte `at` of each of kTiles streams, one a tile. Behind the end of its own tile a stream goes on
// with the tile that it gets in the next pass.
template <int kTiles>
int64_t Ahead(int64_t at, int64_t tile_bytes) {
  const int64_t ahead = at + kPrefetchBytes;
  return ahead < tile_bytes ? ahead : ahead + (kTiles - 1) * tile_bytes;
}

void Prefetch(const uint8_t* address) { _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T0); }

// One or two rows of X times kTiles tiles: bound by memory, so as few operations a byte as can be. The bit pairs are
// masked where they stand: accumulator i holds 4^i times its sum, and is shifted back once. The largest, 64 times the
// sum over K / 4 columns of codes <= 2 and |q| <= 127, is below 4064 K: it fits in 31 bits for K < 528,000, beyond the
// contract's K.
template <int kRows, int kTiles>
void DecodeTiles(const MatMulArgs& a, int64_t tile, int64_t m) {
  const __m512i masks[4] = {_mm512_set1_epi8(0x03), _mm512_set1_epi8(0x0c), _mm512_set1_epi8(0x30),
                            _mm512_set1_epi8(static_cast<char>(0xc0))};
  const int64_t tile_bytes = a.words_per_row * kWordBytes;
  const uint8_t* weights = reinterpret_cast<const uint8_t*>(a.weights) + tile * tile_bytes;
  const int8_t* q = a.q + m * a.q_stride;
  __m512i acc[kRows][kTiles][4];
  for (int r = 0; r < kRows; ++r) {
    for (int t = 0; t < kTiles; ++t) {
      for (int i = 0; i < 4; ++i) acc[r][t][i] = _mm512_setzero_si512();
    }
  }
  for (int64_t at = 0; at < tile_bytes; at += kWordBytes, q += 16) {
    const int64_t ahead = Ahead<kTiles>(at, tile_bytes);
    __m512i x[kRows][4];
    for (int r = 0; r < kRows; ++r) {
      for (int i = 0; i < 4; ++i) x[r][i] = BroadcastFour(q + r * a.q_stride + 4 * i);
    }
    for (int t = 0; t < kTiles; ++t) {
      const uint8_t* stream = weights + t * tile_bytes;
      Prefetch(stream + ahead);
      const __m512i words = LoadWords(stream + at);
      for (int i = 0; i < 4; ++i) {
        const __m512i codes = _mm512_and_si512(words, masks[i]);
        for (int r = 0; r < kRows; ++r) acc[r][t][i] = _mm512_dpbusd_epi32(acc[r][t][i], codes, x[r][i]);
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int t = 0; t < kTiles; ++t) {
      const __m512i* sums = acc[r][t];
      const __m512i low = _mm512_add_epi32(sums[0], _mm512_srai_epi32(sums[1], 2));
      const __m512i high = _mm512_add_epi32(_mm512_srai_epi32(sums[2], 4), _mm512_srai_epi32(sums[3], 6));
      StoreSums(a, tile + t, m + r, _mm512_add_epi32(low, high));
    }
  }
}

// kRows rows of X times kTiles tiles: the codes are unpacked once for all rows, one accumulator for each row and tile.
template <int kRows, int kTiles>
void MultiplyBlock(const MatMulArgs& a, int64_t tile, int64_t m) {
  const __m512i mask = _mm512_set1_epi8(0x03);
  const int64_t tile_bytes = a.words_per_row * kWordBytes;
  const uint8_t* weights = reinterpret_cast<const uint8_t*>(a.weights) + tile * tile_bytes;
  const int8_t* q = a.q + m * a.q_stride;
  __m512i acc[kRows][kTiles];
  for (int r = 0; r < kRows; ++r) {
    for (int t = 0; t < kTiles; ++t) acc[r][t] = _mm512_setzero_si512();
  }
  for (int64_t at = 0; at < tile_bytes; at += kWordBytes, q += 16) {
    const int64_t ahead = Ahead<kTiles>(at, tile_bytes);
    __m512i codes[kTiles][4];
    for (int t = 0; t < kTiles; ++t) {
      const uint8_t* stream = weights + t * tile_bytes;
      Prefetch(stream + ahead);
      const __m512i words = LoadWords(stream + at);
      codes[t][0] = _mm512_and_si512(words, mask);
      codes[t][1] = _mm512_and_si512(_mm512_srli_epi32(words, 2), mask);
      codes[t][2] = _mm512_and_si512(_mm512_srli_epi32(words, 4), mask);
      codes[t][3] = _mm512_and_si512(_mm512_srli_epi32(words, 6), mask);
    }
    for (int i = 0; i < 4; ++i) {
      for (int r = 0; r < kRows; ++r) {
        const __m512i x = BroadcastFour(q + r * a.q_stride + 4 * i);
        for (int t = 0; t < kTiles; ++t) acc[r][t] = _mm512_dpbusd_epi32(acc[r][t], codes[t][i], x);
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int t = 0; t < kTiles; ++t) StoreSums(a, tile + t, m + r, acc[r][t]);
  }
}

// All rows of X, in blocks of 8, then 4, 2 and 1, times kTiles tiles, which stay in the cache meanwhile.
template <int kTiles>
void MultiplyRows(const MatMulArgs& a, int64_t tile, int64_t row_begin, int64_t row_end) {
  int64_t m = row_begin;
  for (; m + 8 <= row_end; m += 8) MultiplyBlock<8, kTiles>(a, tile, m);
  if (m + 4 <= row_end) {
    MultiplyBlock<4, kTiles>(a, tile, m);
    m += 4;
  }
  if (m + 2 <= row_end) {
    DecodeTiles<2, kTiles>(a, tile, m);
    m += 2;
  }
  if (m < row_end) DecodeTiles<1, kTiles>(a, tile, m);
}

void Decode(const MatMulArgs& a, int64_t tile, int64_t tile_end, int64_t m) {
  for (; tile + 4 <= tile_end; tile += 4) DecodeTiles<1, 4>(a, tile, m);
  for (; tile < tile_end; ++tile) DecodeTiles<1, 1>(a, tile, m);
}

void Multiply(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  if (row_end - row_begin == 1) return Decode(a, tile_begin, tile_end, row_begin);
  int64_t tile = tile_begin;
  for (; tile + 2 <= tile_end; tile += 2) MultiplyRows<2>(a, tile, row_begin, row_end);
  if (tile < tile_end) MultiplyRows<1>(a, tile, row_begin, row_end);
}

__mmask16 LanesBelow(int64_t count) {
  return count >= 16 ? static_cast<__mmask16>(0xffff) : static_cast<__mmask16>((1u << count) - 1);
}

// The bits of the largest magnitude: as integers, magnitudes stand in their order, with infinity and the NaNs on top.
uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
  __m512i largest = _mm512_setzero_si512();
  for (int64_t k = 0; k < count; k += 16) {
    const __m512i bits = _mm512_castps_si512(_mm512_maskz_loadu_ps(LanesBelow(count - k), x + k));
    largest = _mm512_max_epu32(largest, _mm512_and_si512(bits, magnitude));
  }
  return _mm512_reduce_max_epu32(largest);
}

bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (bits >= 0x7f800000u) return false;
  float a;
  memcpy(&a, &bits, sizeof(a));
  const float inv_absmax = 1.0f / (a > 1e-5f ? a : 1e-5f);
  const float s = inv_absmax * 127.0f;
  const __m512 scale = _mm512_set1_ps(s);
  const __m512i low = _mm512_set1_epi32(-127);
  const __m512i high = _mm512_set1_epi32(127);
  __m512i sums = _mm512_setzero_si512();
  for (int64_t k = 0; k < count; k += 16) {
    const __mmask16 lanes = LanesBelow(count - k);
    const __m512 scaled = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, x + k), scale);
    const __m512i rounded = _mm512_cvtps_epi32(scaled);
    const __m512i clamped = _mm512_min_epi32(_mm512_max_epi32(rounded, low), high);
    sums = _mm512_add_epi32(sums, clamped);
    _mm_mask_storeu_epi8(q + k, lanes, _mm512_cvtepi32_epi8(clamped));
  }
  *inv_scale = 1.0f / s;
  *q_sum = _mm512_reduce_add_epi32(sums);
  return true;
}

}  // namespace

extern const KernelCode kAvx512VnniTernary16Int8;
const KernelCode kAvx512VnniTernary16Int8 = {&Multiply, &QuantizeInt8, nullptr};

}  // namespace bitmatmul
