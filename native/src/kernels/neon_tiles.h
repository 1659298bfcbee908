// The loops around NEON sums: rows of X in blocks, row scales and block scales, and what a kernel's table value needs.
//
// An instruction set is a struct with
//   kMaxRows                                      rows of X at once, a power of two
//   SumTile<Packing, kRows>(args, span, acc)      acc[r][n] = sum of code * q, for each packing of neon_packings.h
#pragma once

#include "bitmatmul/layout.h"
#include "kernels/epilogue.h"
#include "kernels/kernel.h"
#include "kernels/neon_packings.h"

namespace bitmatmul {
namespace {

constexpr int64_t kWordBytes = 64;  // one word of each of a tile's rows
constexpr int64_t kPartBytes = 16;  // one register of words: a part of a tile
constexpr int64_t kPartRows = 4;    // output rows of a part
constexpr int kTileParts = kWordBytes / kPartBytes;

// The words [begin, end) of one tile and the rows of X from m on that meet them.
struct Span {
  int64_t tile;
  int64_t m;
  int64_t begin;
  int64_t end;
};

inline const uint8_t* WordsOf(const MatMulArgs& a, const Span& span) {
  const int64_t word = span.tile * a.words_per_row + span.begin;
  return reinterpret_cast<const uint8_t*>(a.weights) + word * kWordBytes;
}

template <class Packing>
const int8_t* ActivationsOf(const MatMulArgs& a, const Span& span) {
  return a.q + span.m * a.q_stride + span.begin * 4 * Packing::kQuads;
}

template <class Packing>
void Weigh(int32_t q_sum, int32_t (&acc)[kTileRows]) {
  for (int32_t& sum : acc) sum = Packing::kFactor * sum - q_sum;
}

// kRows rows of X times one tile.
template <class Isa, class Packing, int kRows>
void MultiplyTile(const MatMulArgs& a, int64_t tile, int64_t m) {
  alignas(16) int32_t acc[kRows][kTileRows];
  if (a.block_size == 0) {
    Isa::template SumTile<Packing, kRows>(a, {tile, m, 0, a.words_per_row}, acc);
    for (int r = 0; r < kRows; ++r) {
      Weigh<Packing>(a.q_sum[m + r], acc[r]);
      StoreTile(a, tile, m + r, acc[r]);
    }
    return;
  }
  alignas(16) float t[kRows][kTileRows] = {};
  const int64_t words = a.block_size / (4 * Packing::kQuads);
  for (int64_t group = 0; group < a.groups; ++group) {
    Isa::template SumTile<Packing, kRows>(a, {tile, m, group * words, (group + 1) * words}, acc);
    for (int r = 0; r < kRows; ++r) {
      Weigh<Packing>(a.q_sum[(m + r) * a.groups + group], acc[r]);
      AddBlock(a, tile, m + r, group, acc[r], t[r]);
    }
  }
  for (int r = 0; r < kRows; ++r) StoreBlocks(a, tile, m + r, t[r]);
}

// All rows of X, in blocks of kRows, then of half as many and so on, times one tile, which stays in the cache
// meanwhile.
template <class Isa, class Packing, int kRows>
void MultiplyRows(const MatMulArgs& a, int64_t tile, int64_t m, int64_t row_end) {
  for (; m + kRows <= row_end; m += kRows) MultiplyTile<Isa, Packing, kRows>(a, tile, m);
  if constexpr (kRows > 1) MultiplyRows<Isa, Packing, kRows / 2>(a, tile, m, row_end);
}

template <class Isa, class Packing>
void MultiplyTiles(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  for (int64_t tile = tile_begin; tile < tile_end; ++tile) {
    MultiplyRows<Isa, Packing, Isa::kMaxRows>(a, tile, row_begin, row_end);
  }
}

// A MultiplyFn.
template <class Isa>
void MultiplyAnyPacking(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  switch (a.packing) {
    case BITMATMUL_BINARY32:
      return MultiplyTiles<Isa, Binary32>(a, tile_begin, tile_end, row_begin, row_end);
    case BITMATMUL_TERNARY16:
      return MultiplyTiles<Isa, Ternary16>(a, tile_begin, tile_end, row_begin, row_end);
    default:
      return MultiplyTiles<Isa, Ternary20>(a, tile_begin, tile_end, row_begin, row_end);
  }
}

}  // namespace
}  // namespace bitmatmul
