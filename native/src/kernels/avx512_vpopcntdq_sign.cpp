// binary32 with sign activations (W1A1): XNOR and popcount, with VPOPCNTD.
//
// Activations are packed as the weights are, a word of signs for 32 columns (packs_signs in kernel.h). Of the bits that
// differ, those of columns beyond K are masked away, whatever weights and signs hold there.
#include "kernels/epilogue.h"
#include "kernels/quantize_avx512.h"
#include "kernels/sign_bits.h"
#include "kernels/streams.h"
#include "kernels/vector_avx512.h"

namespace bitmatmul {
namespace {

constexpr int kTilesAtOnce = 4;

inline Vec BroadcastSigns(const int8_t* q, int64_t b) { return EachInt(LoadSigns(q, b)); }

// kRows rows of X times the kTiles tiles `tile`, `tile + run`, ... acc = K - 2 * (columns that differ).
template <int kRows, int kTiles>
void MultiplyTiles(const MatMulArgs& a, int64_t tile, int64_t run, int64_t m) {
  const int64_t tile_bytes = a.words_per_row * kWordBytes;
  const uint8_t* weights = reinterpret_cast<const uint8_t*>(a.weights) + tile * tile_bytes;
  const int8_t* q = a.q + m * a.q_stride;
  Vec differ[kRows][kTiles];
  for (int r = 0; r < kRows; ++r) {
    for (int t = 0; t < kTiles; ++t) differ[r][t] = Zero();
  }
  const int64_t last = a.words_per_row - 1;
  for (int64_t b = 0; b < last; ++b) {
    for (int t = 0; t < kTiles; ++t) {
      const uint8_t* at = weights + t * run * tile_bytes + b * kWordBytes;
      _mm_prefetch(reinterpret_cast<const char*>(at + kAhead<kTiles>), _MM_HINT_T0);
      const Vec words = Load(at);
      for (int r = 0; r < kRows; ++r) {
        const Vec unlike = _mm512_xor_si512(words, BroadcastSigns(q + r * a.q_stride, b));
        differ[r][t] = Add(differ[r][t], _mm512_popcnt_epi32(unlike));
      }
    }
  }
  const Vec columns = EachInt(static_cast<int32_t>(SignBitsBelow(a.k - last * kSignsInWord)));
  const Vec k = EachInt(static_cast<int32_t>(a.k));
  for (int t = 0; t < kTiles; ++t) {
    const Vec words = Load(weights + t * run * tile_bytes + last * kWordBytes);
    for (int r = 0; r < kRows; ++r) {
      const Vec unlike = And(_mm512_xor_si512(words, BroadcastSigns(q + r * a.q_stride, last)), columns);
      const Vec count = Add(differ[r][t], _mm512_popcnt_epi32(unlike));
      alignas(64) int32_t acc[kTileRows];
      Store(acc, Subtract(k, Add(count, count)));
      StoreTile(a, tile + t * run, m + r, acc);
    }
  }
}

template <int kTiles>
void MultiplyRows(const MatMulArgs& a, int64_t tile, int64_t run, int64_t row_begin, int64_t row_end) {
  int64_t m = row_begin;
  for (; m + 4 <= row_end; m += 4) MultiplyTiles<4, kTiles>(a, tile, run, m);
  for (; m + 2 <= row_end; m += 2) MultiplyTiles<2, kTiles>(a, tile, run, m);
  if (m < row_end) MultiplyTiles<1, kTiles>(a, tile, run, m);
}

void MultiplySigns(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  const int64_t run = (tile_end - tile_begin) / kTilesAtOnce;
  for (int64_t i = 0; i < run; ++i) MultiplyRows<kTilesAtOnce>(a, tile_begin + i, run, row_begin, row_end);
  for (int64_t tile = tile_begin + run * kTilesAtOnce; tile < tile_end; ++tile) {
    MultiplyRows<1>(a, tile, 1, row_begin, row_end);
  }
}

bool QuantizeSignBits(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  int32_t negatives = 0;
  for (int64_t k = 0; k < count; k += kSignsInWord) {
    const int64_t left = count - k;
    const uint32_t high = left > 16 ? static_cast<uint32_t>(FindNegative(x + k + 16, left - 16)) : 0;
    const uint32_t negative = high << 16 | static_cast<uint32_t>(FindNegative(x + k, left));
    negatives += _mm_popcnt_u32(negative);
    StoreSigns(q, k / kSignsInWord, SignBitsBelow(left) & ~ArrangeSigns(negative));
  }
  *inv_scale = 1.0f;
  *q_sum = static_cast<int32_t>(count) - 2 * negatives;
  return true;
}

}  // namespace

extern const KernelCode kAvx512VpopcntdqSign;
const KernelCode kAvx512VpopcntdqSign = {&MultiplySigns, nullptr, &QuantizeSignBits, true};

}  // namespace bitmatmul
