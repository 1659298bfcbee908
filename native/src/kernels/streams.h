// How kernels that are bound by memory read weights: streams that each run through the words of one tile. Files of one
// instruction set each compile their own copy: see kernel.h.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

constexpr int64_t kWordBytes = 64;  // one word of each of a tile's rows

// From byte `at` of a stream, to what to prefetch. Behind the end of its own tile a stream goes on with the tile that
// it gets in the next pass, where a pass takes kTiles.
template <int kTiles>
int64_t Ahead(int64_t at, int64_t tile_bytes) {
  const int64_t ahead = at + (kTiles == 1 ? 4096 : 2048);
  return ahead < tile_bytes ? ahead : ahead + (kTiles - 1) * tile_bytes;
}

}  // namespace
}  // namespace bitmatmul
