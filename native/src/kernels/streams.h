// How kernels that are bound by memory read weights: several streams, each of which runs through the tiles of its own
// contiguous share of the tiles at hand. Files of one instruction set each compile their own copy: see kernel.h.
//
// Not better, measured with 1.3 GB of ternary16 weights in huge pages and two threads (GB/s, K = 2560; 36 as it is):
// tiles side by side as streams 33; one stream 32, with the prefetch 8 KiB ahead 18; 2, 3, 5, 6 or 8 streams 35, 35,
// 32, 34, 35; prefetches 1, 1.5, 2.5 or 4 KiB ahead 34, 35.5, 35.5, 33, none 29, into L2 alone 34; fetching the
// beginnings of the streams before the loop 36; two or four lines of a stream at a time 36, 33.
#pragma once

#include <cstdint>

#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

constexpr int64_t kWordBytes = 64;  // one word of each of a tile's rows

// How far ahead of its reads a stream prefetches, by how many tiles are read at once. It runs on across the ends of
// tiles.
template <int kTiles>
constexpr int64_t kAhead = kTiles == 1 ? 4096 : 2048;

}  // namespace
}  // namespace bitmatmul
