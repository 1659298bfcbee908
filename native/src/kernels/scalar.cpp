// Every packing, activation and block size of the contract in portable loops.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "bitmatmul/layout.h"
#include "kernels/activation_scale.h"
#include "kernels/epilogue.h"
#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

// Each packing unpacks one word into its P weights, in the order of k.
struct Binary32 {
  static constexpr int64_t kWeights = 32;
  static void Unpack(uint32_t word, int8_t* w) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 8; ++i) w[4 * i + c] = static_cast<int8_t>(2 * ((word >> (8 * c + i)) & 1) - 1);
    }
  }
};

struct Ternary16 {
  static constexpr int64_t kWeights = 16;
  static void Unpack(uint32_t word, int8_t* w) {
    for (int c = 0; c < 4; ++c) {
      for (int i = 0; i < 4; ++i) w[4 * i + c] = static_cast<int8_t>(((word >> (8 * c + 2 * i)) & 3) - 1);
    }
  }
};

struct Ternary20 {
  static constexpr int64_t kWeights = 20;
  static void Unpack(uint32_t word, int8_t* w) {
    for (int c = 0; c < 4; ++c) {
      uint32_t q = (word >> (8 * c)) & 0xff;
      for (int i = 0; i < 5; ++i) {
        w[4 * i + c] = static_cast<int8_t>(static_cast<int>((3 * q) >> 8) - 1);
        q = (3 * q) & 0xff;
      }
    }
  }
};

// acc[r] = sum of w[r, k] q[k] over the words [word_begin, word_end) of a tile. q is zero from K on, so padding columns
// add nothing whatever they hold.
template <class Packing>
void AccumulateTile(const MatMulArgs& a, int64_t tile, const int8_t* q, int64_t word_begin, int64_t word_end,
                    int32_t* acc) {
  const uint32_t* words = a.weights + tile * a.words_per_row * kTileRows;
  for (int64_t r = 0; r < kTileRows; ++r) acc[r] = 0;
  for (int64_t b = word_begin; b < word_end; ++b) {
    for (int64_t r = 0; r < kTileRows; ++r) {
      int8_t w[Packing::kWeights];
      Packing::Unpack(words[b * kTileRows + r], w);
      const int8_t* x = q + b * Packing::kWeights;
      int32_t sum = 0;
      for (int64_t j = 0; j < Packing::kWeights; ++j) sum += w[j] * x[j];
      acc[r] += sum;
    }
  }
}

template <class Packing>
void MultiplyTile(const MatMulArgs& a, int64_t tile, int64_t m) {
  const int8_t* q = a.q + m * a.q_stride;
  int32_t acc[kTileRows];
  if (a.block_size == 0) {
    AccumulateTile<Packing>(a, tile, q, 0, a.words_per_row, acc);
    StoreTile(a, tile, m, acc);
    return;
  }
  float t[kTileRows] = {};
  const int64_t words = a.block_size / Packing::kWeights;
  for (int64_t group = 0; group < a.groups; ++group) {
    AccumulateTile<Packing>(a, tile, q, group * words, (group + 1) * words, acc);
    AddBlock(a, tile, m, group, acc, t);
  }
  StoreBlocks(a, tile, m, t);
}

template <class Packing>
void MultiplyTiles(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  for (int64_t tile = tile_begin; tile < tile_end; ++tile) {
    for (int64_t m = row_begin; m < row_end; ++m) MultiplyTile<Packing>(a, tile, m);
  }
}

void Multiply(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  switch (a.packing) {
    case BITMATMUL_BINARY32:
      return MultiplyTiles<Binary32>(a, tile_begin, tile_end, row_begin, row_end);
    case BITMATMUL_TERNARY16:
      return MultiplyTiles<Ternary16>(a, tile_begin, tile_end, row_begin, row_end);
    default:
      return MultiplyTiles<Ternary20>(a, tile_begin, tile_end, row_begin, row_end);
  }
}

// The bits of the largest magnitude.
uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  uint32_t largest = 0;
  for (int64_t k = 0; k < count; ++k) {
    uint32_t bits;
    memcpy(&bits, &x[k], sizeof(bits));
    bits &= kMagnitudeBits;
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (!IsFinite(bits)) return false;
  const float s = ScaleOf(bits);
  int32_t sum = 0;
  for (int64_t k = 0; k < count; ++k) {
    q[k] = static_cast<int8_t>(std::nearbyint(x[k] * s));
    sum += q[k];
  }
  *inv_scale = 1.0f / s;
  *q_sum = sum;
  return true;
}

bool QuantizeSign(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  int32_t sum = 0;
  for (int64_t k = 0; k < count; ++k) {
    q[k] = x[k] < 0 ? -1 : 1;
    sum += q[k];
  }
  *inv_scale = 1.0f;
  *q_sum = sum;
  return true;
}

}  // namespace

extern const KernelCode kScalarAny;
const KernelCode kScalarAny = {&Multiply, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
