// A block of up to 48 rows of X times two row tiles of W on AMX tiles.
// Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/amx_epilogue.h"
#include "kernels/kernel.h"
#if defined(_MSC_VER)
#include <intrin.h>
#endif

namespace bitmatmul {
namespace {

constexpr int64_t kStepK = 64;        // columns of a tile of X
constexpr int64_t kTileBytes = 1024;  // 16 rows of 64 bytes
constexpr int64_t kBlockTiles = 3;    // of X, at once
constexpr int64_t kBlockRows = kBlockTiles * kTileRows;
// Columns of the panel: a whole number of words in every packing, 20 KiB for both row tiles. Besides, some 2,000 cycles
// of products without a tile store make the next one stall for about another 1,000 (measured): 48 rows take 960.
constexpr int64_t kPanelK = 640;
constexpr int64_t kPanelTile = kPanelK * kTileRows;
// Steps that unpacking is ahead, so that what it stores has left the store buffer before the tile load.
constexpr int64_t kStepsAhead = 3;
// Of packed words. Further ahead they take the places for misses away from X, and the cache's own prefetches do better.
constexpr int64_t kPrefetchBytes = 512;

// Tiles 0..5: sums of block tile r and row tile t in 2 r + t. 6: X. 7: codes of W.
struct alignas(64) TileConfig {
  uint8_t palette;
  uint8_t start_row;
  uint8_t reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
};

// The compiler may neither drop nor move memory accesses across this: gcc's tile intrinsics do not say what they read.
void CompilerBarrier() {
#if defined(_MSC_VER) && !defined(__clang__)
  _ReadWriteBarrier();
#else
  __asm__ volatile("" ::: "memory");
#endif
}

// `rows` rows of X and of sums; codes, of 16 rows, from tile `first_codes` on.
void LoadConfig(int64_t rows, int first_codes) {
  TileConfig config;
  memset(&config, 0, sizeof(config));
  config.palette = 1;
  for (int t = 0; t < 8; ++t) {
    config.row_bytes[t] = 64;
    config.rows[t] = static_cast<uint8_t>(t >= first_codes ? 16 : rows);
  }
  CompilerBarrier();
  _tile_loadconfig(&config);
}

// Two row tiles of W, up to kPanelK columns, as tiles of codes: unpacked as far as the products have needed.
template <class Packing>
struct Panel {
  uint8_t* codes;  // [2][kPanelTile]
  const uint32_t* words[kRowTiles];
  int64_t word_count;
  int64_t unpacked;

  // Columns behind the last word stay what they are, since the activations are zero there.
  void UnpackTo(int64_t step) {
    int64_t end = (step * kStepK + Packing::kWeights - 1) / Packing::kWeights;
    if (end > word_count) end = word_count;
    for (; unpacked < end; ++unpacked) {
      for (int64_t t = 0; t < kRowTiles; ++t) {
        const uint32_t* word = words[t] + unpacked * kTileRows;
        _mm_prefetch(reinterpret_cast<const char*>(word) + kPrefetchBytes, _MM_HINT_T0);
        Packing::Unpack(word, codes + t * kPanelTile + unpacked * Packing::kWeights * kTileRows);
      }
    }
  }
};

// A block of rows of X: up to three tiles.
struct Block {
  const int8_t* x[kBlockTiles];
  int64_t stride;
  int64_t steps;
  int32_t* sums;  // [48][32]
  bool is_first;  // of the panels of a row; then the sums start at zero
  float* y;       // [rows][n], where results will go; null before the last panel of a row
  int64_t n;
  int64_t rows;
};

// y of some rows, into the L2 cache. It is stored during the next block, and a store that waits for its line holds up
// those of the codes behind it, which the products wait for.
void PrefetchY(const Block& b, int64_t row, int64_t end) {
  if (b.y == nullptr) return;
  if (end > b.rows) end = b.rows;
  for (; row < end; ++row) {
    const char* y = reinterpret_cast<const char*>(b.y + row * b.n);
    _mm_prefetch(y, _MM_HINT_T1);
    _mm_prefetch(y + kTileRows * sizeof(float), _MM_HINT_T1);
  }
}

template <int kTiles>
void LoadSums(const Block& b) {
  const int64_t stride = kLine * sizeof(int32_t);
  if (b.is_first) {
    _tile_zero(0);
    _tile_zero(1);
    if (kTiles > 1) _tile_zero(2);
    if (kTiles > 1) _tile_zero(3);
    if (kTiles > 2) _tile_zero(4);
    if (kTiles > 2) _tile_zero(5);
    return;
  }
  _tile_loadd(0, b.sums, stride);
  _tile_loadd(1, b.sums + 16, stride);
  if (kTiles > 1) _tile_loadd(2, b.sums + 512, stride);
  if (kTiles > 1) _tile_loadd(3, b.sums + 528, stride);
  if (kTiles > 2) _tile_loadd(4, b.sums + 1024, stride);
  if (kTiles > 2) _tile_loadd(5, b.sums + 1040, stride);
}

template <int kTiles>
void StoreSums(const Block& b) {
  const int64_t stride = kLine * sizeof(int32_t);
  _tile_stored(0, b.sums, stride);
  _tile_stored(1, b.sums + 16, stride);
  if (kTiles > 1) _tile_stored(2, b.sums + 512, stride);
  if (kTiles > 1) _tile_stored(3, b.sums + 528, stride);
  if (kTiles > 2) _tile_stored(4, b.sums + 1024, stride);
  if (kTiles > 2) _tile_stored(5, b.sums + 1040, stride);
  CompilerBarrier();
}

// 64 columns. Each product needs one tile that the one before it did not have.
template <int kTiles>
void Step(const Block& b, int64_t step, const uint8_t* codes) {
  const int64_t at = step * kStepK;
  const uint8_t* w0 = codes + step * kTileBytes;
  const uint8_t* w1 = w0 + kPanelTile;
  CompilerBarrier();
  _tile_stream_loadd(6, b.x[0] + at, b.stride);
  _tile_loadd(7, w0, 64);
  _tile_dpbsud(0, 6, 7);
  _tile_loadd(7, w1, 64);
  _tile_dpbsud(1, 6, 7);
  if (kTiles < 2) return;
  _tile_stream_loadd(6, b.x[1] + at, b.stride);
  _tile_dpbsud(3, 6, 7);
  _tile_loadd(7, w0, 64);
  _tile_dpbsud(2, 6, 7);
  if (kTiles < 3) return;
  _tile_stream_loadd(6, b.x[2] + at, b.stride);
  _tile_dpbsud(4, 6, 7);
  _tile_loadd(7, w1, 64);
  _tile_dpbsud(5, 6, 7);
}

template <class Packing, int kTiles>
void MultiplyBlock(const Block& b, Panel<Packing>* panel, Epilogue* previous) {
  const int64_t share = (previous->rows + b.steps - 1) / b.steps;
  const int64_t y_share = (b.rows + b.steps - 1) / b.steps;
  panel->UnpackTo(kStepsAhead);
  LoadSums<kTiles>(b);
  for (int64_t s = 0; s < b.steps; ++s) {
    panel->UnpackTo(s + 1 + kStepsAhead);
    Step<kTiles>(b, s, panel->codes);
    PrefetchY(b, s * y_share, (s + 1) * y_share);
    previous->Advance(share);
  }
  previous->Finish();
  StoreSums<kTiles>(b);
}

template <class Packing>
void MultiplyAnyBlock(int64_t tiles, const Block& b, Panel<Packing>* panel, Epilogue* previous) {
  if (tiles == 1) return MultiplyBlock<Packing, 1>(b, panel, previous);
  if (tiles == 2) return MultiplyBlock<Packing, 2>(b, panel, previous);
  return MultiplyBlock<Packing, 3>(b, panel, previous);
}

}  // namespace
}  // namespace bitmatmul
