// int8 activations (or signs as -1 and +1) times weights of any packing that is a struct as packings.h describes, with
// the vectors of vector_avx512.h or vector_avx2.h: decode, a few rows of X at once, and block scales.
//
// A vector of words is 16 (or, with 256 bits, 8) output rows by one word of columns. Four activations of a row of X,
// broadcast to all rows, meet one vector of codes. A stream is what one such vector runs through: the words of a tile,
// or of half a tile. A pass takes kRows rows of X and kStreams streams, so that activations are loaded once for all
// streams and codes are unpacked once for all rows. Padding columns meet activations that are zero.
#pragma once

#include <cstring>

#include "kernels/epilogue.h"
#include "kernels/kernel.h"

namespace bitmatmul {
namespace {

constexpr int64_t kWordBytes = 64;              // one word of each of a tile's rows
constexpr int kParts = kWordBytes / kVecBytes;  // streams of a tile
constexpr int kPartRows = kTileRows / kParts;   // output rows of a stream
constexpr int64_t kPrefetchBytes = 2048;        // ahead on every stream
constexpr int kSumRegisters = kRegisters / 2;   // the other half is for codes, masks and activations

template <class Packing>
constexpr int64_t kColumns = 4 * Packing::kQuads;  // in a word

// Rows of X times streams that have their sums in registers; a power of two.
template <class Packing>
constexpr int kPassSize = kSumRegisters / Packing::kSums < 8 ? kSumRegisters / Packing::kSums : 8;

inline Vec BroadcastFour(const int8_t* q) {
  int32_t four;
  memcpy(&four, q, sizeof(four));
  return EachInt(four);
}

// Where a pass reads: streams are numbered through the tiles from `tile` on, those of a tile side by side.
struct Pass {
  const MatMulArgs& a;
  int64_t tile_bytes;
  const uint8_t* weights;  // of the first stream
  const int8_t* q;         // of the first row
  int64_t first_part;

  Pass(const MatMulArgs& args, int64_t tile, int64_t part, int64_t m)
      : a(args),
        tile_bytes(args.words_per_row * kWordBytes),
        weights(reinterpret_cast<const uint8_t*>(args.weights) + tile * tile_bytes + part * kVecBytes),
        q(args.q + m * args.q_stride),
        first_part(part) {}

  int64_t Offset(int stream) const { return stream / kParts * tile_bytes + stream % kParts * kVecBytes; }

  // From byte `at` of a stream to what to prefetch. Behind the end of its own tile it goes on with the tile that the
  // same stream gets in the next pass, where a pass takes kTiles.
  template <int kTiles>
  int64_t Ahead(int64_t at) const {
    const int64_t ahead = at + kPrefetchBytes;
    return ahead < tile_bytes ? ahead : ahead + (kTiles - 1) * tile_bytes;
  }
};

// sums of one chunk of words, no more than 16 bits may hold where that is what sums are.
template <class Packing, int kRows, int kStreams>
void AddChunk(const Pass& pass, int64_t begin, int64_t end, Vec (&totals)[kRows][kStreams]) {
  constexpr int kTiles = (kStreams + kParts - 1) / kParts;
  Vec sums[kRows][kStreams][Packing::kSums];
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      for (int i = 0; i < Packing::kSums; ++i) sums[r][s][i] = Zero();
    }
  }
  const int8_t* q = pass.q + begin * kColumns<Packing>;
  for (int64_t at = begin * kWordBytes; at < end * kWordBytes; at += kWordBytes, q += kColumns<Packing>) {
    const int64_t ahead = pass.Ahead<kTiles>(at);
    for (int s = 0; s < kStreams; ++s) {
      const uint8_t* stream = pass.weights + pass.Offset(s);
      if (s % kParts == 0) _mm_prefetch(reinterpret_cast<const char*>(stream + ahead), _MM_HINT_T0);
      Vec codes[Packing::kQuads];
      Packing::Unpack(Load(stream + at), codes);
      for (int r = 0; r < kRows; ++r) {
        for (int i = 0; i < Packing::kQuads; ++i) {
          Vec& sum = sums[r][s][i % Packing::kSums];
          sum = Dot(sum, codes[i], BroadcastFour(q + r * pass.a.q_stride + 4 * i));
        }
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      for (int i = 0; i < Packing::kSums; ++i) sums[r][s][i] = Widen(sums[r][s][i]);
      totals[r][s] = Add(totals[r][s], Packing::Total(sums[r][s]));
    }
  }
}

// totals[r][s] = sum of code * q over the words [begin, end).
template <class Packing, int kRows, int kStreams>
void SumWords(const Pass& pass, int64_t begin, int64_t end, Vec (&totals)[kRows][kStreams]) {
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) totals[r][s] = Zero();
  }
  const int64_t chunk = kSumsIn16Bits ? Packing::kWordsIn16Bits : end - begin;
  for (int64_t at = begin; at < end; at += chunk) {
    AddChunk<Packing>(pass, at, at + chunk < end ? at + chunk : end, totals);
  }
}

// acc: of the rows of X of the pass by the tiles that it touches.
template <class Packing, int kRows, int kStreams, int kTiles>
void MultiplyRowScales(const Pass& pass, int64_t m, int32_t (&acc)[kRows][kTiles][kTileRows]) {
  Vec totals[kRows][kStreams];
  SumWords<Packing>(pass, 0, pass.a.words_per_row, totals);
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      Store(acc[r][s / kParts] + (pass.first_part + s % kParts) * kPartRows,
            Packing::Weigh(totals[r][s], pass.a.q_sum[m + r]));
    }
  }
}

// t = t + (float(acc) * scale) * (1 / s) for block after block, which is AddBlock of epilogue.h on vectors. Rows that
// pad the last tile have scales too, and are not stored.
template <class Packing, int kRows, int kStreams, int kTiles>
void MultiplyBlockScales(const Pass& pass, int64_t tile, int64_t m, float (&t)[kRows][kTiles][kTileRows]) {
  const MatMulArgs& a = pass.a;
  const int64_t words = a.block_size / kColumns<Packing>;
  FloatVec sums[kRows][kStreams];
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) sums[r][s] = ZeroFloats();
  }
  for (int64_t group = 0; group < a.groups; ++group) {
    Vec totals[kRows][kStreams];
    SumWords<Packing>(pass, group * words, (group + 1) * words, totals);
    for (int s = 0; s < kStreams; ++s) {
      const int64_t part = pass.first_part + s % kParts;
      const FloatVec scale =
          LoadFloats(a.scale + ((tile + s / kParts) * a.groups + group) * kTileRows + part * kPartRows);
      for (int r = 0; r < kRows; ++r) {
        const int64_t at = (m + r) * a.groups + group;
        const FloatVec acc = ToFloats(Packing::Weigh(totals[r][s], a.q_sum[at]));
        sums[r][s] = Add(sums[r][s], Multiply(Multiply(acc, scale), EachFloat(a.inv_scale[at])));
      }
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      Store(t[r][s / kParts] + (pass.first_part + s % kParts) * kPartRows, sums[r][s]);
    }
  }
}

// kRows rows of X times kTiles whole tiles, in as many passes as the registers ask for.
template <class Packing, bool kBlockScales, int kRows, int kTiles>
void MultiplyTiles(const MatMulArgs& a, int64_t tile, int64_t m) {
  constexpr int kPerTile = kRows == kPassSize<Packing> ? 1 : kParts;
  constexpr int kStreams = kPerTile == kParts ? kTiles * kParts : 1;
  alignas(64) float t[kRows][kTiles][kTileRows];
  alignas(64) int32_t acc[kRows][kTiles][kTileRows];
  for (int64_t part = 0; part < kParts; part += kPerTile) {
    const Pass pass(a, tile, part, m);
    if (kBlockScales) {
      MultiplyBlockScales<Packing, kRows, kStreams>(pass, tile, m, t);
    } else {
      MultiplyRowScales<Packing, kRows, kStreams>(pass, m, acc);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int i = 0; i < kTiles; ++i) {
      if (kBlockScales) {
        StoreBlocks(a, tile + i, m + r, t[r][i]);
      } else {
        StoreTile(a, tile + i, m + r, acc[r][i]);
      }
    }
  }
}

// The rows [m, row_end) times one tile, which stays in the cache meanwhile: kRows at once as often as that goes, then
// half as many.
template <class Packing, bool kBlockScales, int kRows>
void MultiplyRows(const MatMulArgs& a, int64_t tile, int64_t m, int64_t row_end) {
  for (; m + kRows <= row_end; m += kRows) MultiplyTiles<Packing, kBlockScales, kRows, 1>(a, tile, m);
  if constexpr (kRows > 1) MultiplyRows<Packing, kBlockScales, kRows / 2>(a, tile, m, row_end);
}

template <class Packing, bool kBlockScales>
void MultiplyRange(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  constexpr int kPass = kPassSize<Packing> < 4 ? kPassSize<Packing> : 4;
  constexpr int kTiles = kPass > kParts ? kPass / kParts : 1;
  int64_t tile = tile_begin;
  if (row_end - row_begin == 1) {
    for (; tile + kTiles <= tile_end; tile += kTiles) {
      MultiplyTiles<Packing, kBlockScales, 1, kTiles>(a, tile, row_begin);
    }
  }
  for (; tile < tile_end; ++tile) {
    MultiplyRows<Packing, kBlockScales, kPassSize<Packing>>(a, tile, row_begin, row_end);
  }
}

// A MultiplyFn.
template <class Packing>
void MultiplyPacking(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  if constexpr (Packing::kBlocks) {
    if (a.block_size != 0) return MultiplyRange<Packing, true>(a, tile_begin, tile_end, row_begin, row_end);
  }
  MultiplyRange<Packing, false>(a, tile_begin, tile_end, row_begin, row_end);
}

}  // namespace
}  // namespace bitmatmul
