// Up to 16 rows of X times W on AMX tiles. Each code is needed once and weights come from memory, so they are read as
// streams.h says, all K in one go, and codes pass through a ring in the L1 cache, ahead of the products.
//
// Not better for M = 4: streams of 1 and 4 row tiles (hot as fast or slower, from memory up to a third slower), 1, 2,
// 4, 6 or 8 steps ahead, a second pair of sums for every other step; codes of each row tile right before its product,
// both tiles' in turn in a ring of 8 KiB (binary32 as fast, ternary16 a tenth slower); one GF2P8AFFINEQB for shift and
// mask of binary32 (8 % hot); prefetches 0.5, 1, 1.5, 4 or 8 KiB ahead, or 1 or 2 KiB further for the second stream.
// Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/amx_block.h"
#include "kernels/amx_epilogue.h"
#include "kernels/kernel.h"
#include "kernels/streams.h"

namespace bitmatmul {
namespace {

// Steps in the ring: the fewest that are a whole number of words in every packing. A word may reach into the step
// behind those that unpacking is ahead; its place is free then.
constexpr int64_t kRingSteps = 5;
constexpr int64_t kRingBytes = kRingSteps * kTileBytes;
static_assert(kStepsAhead + 2 <= kRingSteps, "codes are not overwritten before their product");
// Words between two tile stores: as with kPanelK, the one at the end would stall if it were the first for long.
constexpr int64_t kWordsBetweenStores = 40;

struct alignas(64) FewRowsBuffers {
  uint8_t codes[kRowTiles * kRingBytes];
  int32_t sums[kTileRows * kLine];
};

// The two row tiles `tile` and `tile + run`, or the first alone where the other does not exist.
template <class Packing>
struct Ring {
  static constexpr int64_t kRingWords = kRingSteps * kStepK / Packing::kWeights;
  uint8_t* codes;  // [2][kRingBytes]
  const uint8_t* words[kRowTiles];
  int64_t word_count;
  int64_t unpacked = 0;
  int64_t place = 0;

  // Columns behind the last word stay what they are, since the activations are zero there.
  void UnpackTo(int64_t step) {
    int64_t end = (step * kStepK + Packing::kWeights - 1) / Packing::kWeights;
    if (end > word_count) end = word_count;
    for (; unpacked < end; ++unpacked) {
      for (int64_t t = 0; t < kRowTiles; ++t) {
        const uint8_t* word = words[t] + unpacked * kWordBytes;
        _mm_prefetch(reinterpret_cast<const char*>(word + kAhead<kRowTiles>), _MM_HINT_T0);
        Packing::Unpack(reinterpret_cast<const uint32_t*>(word),
                        codes + t * kRingBytes + place * Packing::kWeights * kTileRows);
      }
      place = place + 1 == kRingWords ? 0 : place + 1;
    }
  }
};

template <class Packing>
Ring<Packing> RingOf(const MatMulArgs& a, int64_t tile, int64_t run, int64_t tile_end, uint8_t* codes) {
  Ring<Packing> ring;
  const int64_t tile_bytes = a.words_per_row * kWordBytes;
  ring.codes = codes;
  ring.words[0] = reinterpret_cast<const uint8_t*>(a.weights) + tile * tile_bytes;
  ring.words[1] = ring.words[0] + (tile + run < tile_end ? run * tile_bytes : 0);
  ring.word_count = a.words_per_row;
  return ring;
}

// 64 columns. Sums are in tiles 0 and 1, X in 5, codes in 6 and 7.
void FewRowsStep(const int8_t* x, int64_t stride, const uint8_t* codes) {
  CompilerBarrier();
  _tile_loadd(5, x, stride);
  _tile_loadd(6, codes, 64);
  _tile_dpbsud(0, 5, 6);
  _tile_loadd(7, codes + kRingBytes, 64);
  _tile_dpbsud(1, 5, 7);
  CompilerBarrier();
}

// `previous` are the results of the tiles before, whose sums make room for these.
template <class Packing>
void MultiplyFewRowsTiles(const MatMulArgs& a, const int8_t* x, Ring<Packing> ring, int32_t* sums, Epilogue* previous) {
  constexpr int64_t kStepsBetweenStores = kWordsBetweenStores * Packing::kWeights / kStepK;
  const int64_t stride = kLine * sizeof(int32_t);
  const int64_t steps = (ring.word_count * Packing::kWeights + kStepK - 1) / kStepK;
  ring.UnpackTo(kStepsAhead);
  previous->Finish();
  _tile_zero(0);
  _tile_zero(1);
  for (int64_t s = 0; s < steps; ++s) {
    ring.UnpackTo(s + 1 + kStepsAhead);
    FewRowsStep(x + s * kStepK, a.q_stride, ring.codes + s % kRingSteps * kTileBytes);
    if ((s + 1) % kStepsBetweenStores == 0) _tile_stored(0, sums, stride);
  }
  _tile_stored(0, sums, stride);
  _tile_stored(1, sums + kTileRows, stride);
  CompilerBarrier();
}

template <class Packing>
void MultiplyFewRows(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t m, int64_t rows) {
  FewRowsBuffers buffers;
  Epilogue epilogue = {};
  LoadConfig(rows, 6);
  const int64_t run = (tile_end - tile_begin + kRowTiles - 1) / kRowTiles;
  for (int64_t tile = tile_begin; tile < tile_begin + run; ++tile) {
    MultiplyFewRowsTiles(a, a.q + m * a.q_stride, RingOf<Packing>(a, tile, run, tile_end, buffers.codes), buffers.sums,
                         &epilogue);
    SetRowTiles(a, tile, run, tile_end, &epilogue);
    SetRows(a, {m, rows, 1}, tile * kTileRows, 0, 1, buffers.sums, &epilogue);
  }
  epilogue.Finish();
  _tile_release();
}

}  // namespace
}  // namespace bitmatmul
