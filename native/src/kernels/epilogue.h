// From int32 sums to y, in the order that the contract fixes. Files of one instruction set each compile their own copy.
#pragma once

#include <cstdint>

#include "kernels/canonical_nan.h"
#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

// Rows of the tile that exist: 16, or fewer in the last one.
int64_t TileRows(const MatMulArgs& a, int64_t tile) {
  const int64_t left = a.n - kTileRows * tile;
  return left < kTileRows ? left : kTileRows;
}

// kFull: all 16 rows exist, as in every tile but perhaps the last; the compiler then knows the loops' length there.
template <bool kFull>
void StoreRows(const MatMulArgs& a, int64_t tile, int64_t m, const int32_t* acc) {
  const int64_t first = kTileRows * tile;
  const int64_t rows = kFull ? kTileRows : a.n - first;
  const float inv = a.inv_scale[m];
  float t[kTileRows];
  if (a.scale_stride == 0) {
    for (int64_t r = 0; r < rows; ++r) t[r] = (static_cast<float>(acc[r]) * a.scale[0]) * inv;
  } else {
    for (int64_t r = 0; r < rows; ++r) t[r] = (static_cast<float>(acc[r]) * a.scale[first + r]) * inv;
  }
  float* y = a.y + m * a.n + first;
  if (a.bias == nullptr) {
    for (int64_t r = 0; r < rows; ++r) y[r] = t[r];
  } else {
    for (int64_t r = 0; r < rows; ++r) y[r] = t[r] + a.bias[first + r];
  }
}

// y[n] = (float(acc[n]) * scale[n]) * (1 / s) [+ bias[n]] for row m of X and the rows of one tile.
void StoreTile(const MatMulArgs& a, int64_t tile, int64_t m, const int32_t* acc) {
  if (TileRows(a, tile) == kTileRows) {
    StoreRows<true>(a, tile, m, acc);
  } else {
    StoreRows<false>(a, tile, m, acc);
  }
}

// Adds one block's share: t[r] = t[r] + (float(acc[r]) * scale[n, g]) * (1 / s_g).
[[maybe_unused]] void AddBlock(const MatMulArgs& a, int64_t tile, int64_t m, int64_t group, const int32_t* acc,
                               float* t) {
  const float* scale = a.scale + (tile * a.groups + group) * kTileRows;
  const float inv = a.inv_scale[m * a.groups + group];
  const int64_t rows = TileRows(a, tile);
  for (int64_t r = 0; r < rows; ++r) t[r] = t[r] + (static_cast<float>(acc[r]) * scale[r]) * inv;
}

// y[n] = t [+ bias[n]]. Blocks of opposite infinities cancel to a NaN whose bits differ between CPUs: make them one.
[[maybe_unused]] void StoreBlocks(const MatMulArgs& a, int64_t tile, int64_t m, const float* t) {
  const int64_t first = kTileRows * tile;
  const int64_t rows = TileRows(a, tile);
  float* y = a.y + m * a.n + first;
  for (int64_t r = 0; r < rows; ++r) {
    const float v = a.bias == nullptr ? t[r] : t[r] + a.bias[first + r];
    y[r] = v == v ? v : CanonicalNaN();
  }
}

}  // namespace
}  // namespace bitmatmul
