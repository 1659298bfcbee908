// Into what pieces to cut products, of which a thread takes one at a time. The reads of a piece stay together: from
// memory, pieces of 1 M products reach 0.95 of a raw read where pieces of 128 K reach 0.75.
#pragma once

#include <cstdint>

namespace bitmatmul {

// A product that is worth sharing among threads: waking another one and waiting for it costs 1 to 2 us, for which one
// thread does some 300,000 products from its L2 cache.
constexpr int64_t kMacsWorthSharing = 512 * 1024;
// Up to that many rows of X it is reading the weights that takes the time, and the number of weights in a piece counts.
// A power of two of such pieces divides evenly among two or four threads; four of them are enough, eight where each is
// more work.
constexpr int64_t kMostStreamedRows = 16;
constexpr int64_t kWeightsPerPiece = 1024 * 1024;
constexpr int64_t kStreamedPieces = 4;
// Larger products: so many multiplications a piece, but no fewer pieces than kPieces, so that all threads end together.
constexpr int64_t kMostMacsPerTask = 1024 * 1024;
constexpr int64_t kPieces = 8;
// Of a kernel that likes larger pieces, so that many threads get some each.
constexpr int64_t kLargePieces = 32;
// Quantized rows that a pass over weights should find in the L2 cache each time.
constexpr int64_t kRowBytesPerPass = 512 * 1024;

// How many pieces to cut a product of few rows into: as many, and no more, as leave kWeightsPerPiece; at most `most`.
inline int64_t StreamedPieces(int64_t weights, int64_t m, int64_t most) {
  if (weights * m < kMacsWorthSharing) return 1;
  int64_t pieces = m == 1 ? kStreamedPieces : 2 * kStreamedPieces;
  while (2 * pieces * kWeightsPerPiece <= weights) pieces *= 2;
  return pieces < most ? pieces : most < 1 ? 1 : most;
}

}  // namespace bitmatmul
