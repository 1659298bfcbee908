// int8 activations (or signs as -1 and +1) times weights of any packing as packings.h describes them, with
// the vectors of vector_avx512.h or vector_avx2.h: decode, a few rows of X at once, and block scales.
//
// A vector of words is 16 (or, with 256 bits, 8) output rows by one word of columns. Four activations of a row of X,
// broadcast to all rows, meet one vector of codes. A stream is what one such vector runs through: the words of a tile,
// or of half a tile. A pass takes kRows rows of X and kStreams streams, so that activations are loaded once for all
// streams and codes are unpacked once for all rows. Padding columns meet activations that are zero. Where a pass takes
// several tiles they are far apart, and the next pass goes on behind each: streams.h.
#pragma once

#include <cstring>

#include "kernels/epilogue.h"
#include "kernels/kernel.h"
#include "kernels/streams.h"

// Where sums are passed by reference: a call that is not inlined would keep them in memory.
#if defined(__GNUC__)
#define BITMATMUL_ALWAYS_INLINE __attribute__((always_inline)) inline
#else
#define BITMATMUL_ALWAYS_INLINE inline
#endif

namespace bitmatmul {
namespace {

constexpr int kParts = kWordBytes / kVecBytes;  // streams of a tile
constexpr int kPartRows = kTileRows / kParts;   // output rows of a stream

template <class Codes>
constexpr int64_t kColumns = 4 * Codes::kQuads;  // in a word

// What a pass of kRows rows of X takes besides, within half of the 32 or 16 registers: streams, to use an activation
// for as many as can be, and sums for each row and stream. With more quads a word, sums to save shifts count for more.
constexpr int kMostRows = kParts == 1 ? 8 : 4;
constexpr int StreamsAtOnce(int quads, int rows) {
  return kParts == 1 ? (rows <= (quads > 5 ? 2 : 4) ? 4 : 2) : (rows == 1 ? 4 : rows == 2 ? 2 : 1);
}
constexpr int SumsAtOnce(int quads, int rows) { return (kParts == 1 ? 16 : 8) / (rows * StreamsAtOnce(quads, rows)); }

inline Vec BroadcastFour(const int8_t* q) {
  int32_t four;
  memcpy(&four, q, sizeof(four));
  return EachInt(four);
}

// Where a pass reads: streams are numbered through its tiles, those of a tile side by side. Tile i of the pass is tile
// `tile + i * run` of W.
struct Pass {
  const MatMulArgs& a;
  int64_t run_bytes;
  const uint8_t* weights;  // of the first stream
  const int8_t* q;         // of the first row
  int64_t first_part;

  Pass(const MatMulArgs& args, int64_t tile, int64_t run, int64_t part, int64_t m)
      : a(args),
        run_bytes(run * args.words_per_row * kWordBytes),
        weights(reinterpret_cast<const uint8_t*>(args.weights) + tile * args.words_per_row * kWordBytes +
                part * kVecBytes),
        q(args.q + m * args.q_stride),
        first_part(part) {}

  int64_t Offset(int stream) const { return stream / kParts * run_bytes + stream % kParts * kVecBytes; }
};

// The products of the quads of a word from kQuad on: codes are unpacked once for all rows, an activation is loaded once
// for all streams. By recursion, since compilers give up unrolling loops of this depth, and then sums are in memory.
template <class Codes, int kQuad, int kRows, int kStreams>
BITMATMUL_ALWAYS_INLINE void AddQuads(typename Codes::Unpacker (&unpackers)[kStreams], const int8_t* q,
                                      int64_t q_stride, Vec (&sums)[kRows][kStreams][Codes::kSums]) {
  if constexpr (kQuad < Codes::kQuads) {
    Vec codes[kStreams];
    for (int s = 0; s < kStreams; ++s) codes[s] = unpackers[s].template Next<kQuad>();
    for (int r = 0; r < kRows; ++r) {
      const Vec x = BroadcastFour(q + r * q_stride + 4 * kQuad);
      for (int s = 0; s < kStreams; ++s) {
        Vec& sum = sums[r][s][kQuad % Codes::kSums];
        sum = Dot(sum, codes[s], x);
      }
    }
    AddQuads<Codes, kQuad + 1>(unpackers, q, q_stride, sums);
  }
}

// Whether the streams of a pass take turns in having their codes in registers. Of 16 registers too few would be left
// for several streams' where an unpacker holds several vectors, or where products need no register of their own to be
// added up: for one row of X it is better there to load activations again for each stream.
template <class Codes, int kRows>
constexpr bool kInTurns = kParts > 1 && kRows == 1 && (!kSumsIn16Bits || Codes::kUnpackerVectors > 1);

template <class Codes>
inline void StartWord(const Pass& pass, int stream, int64_t at, int64_t ahead, typename Codes::Unpacker* unpacker) {
  const uint8_t* words = pass.weights + pass.Offset(stream) + at;
  if (stream % kParts == 0) _mm_prefetch(reinterpret_cast<const char*>(words + ahead), _MM_HINT_T0);
  unpacker->Start(Load(words));
}

// One word of each stream from kFirst on.
template <class Codes, int kFirst, int kRows, int kStreams>
BITMATMUL_ALWAYS_INLINE void AddWord(const Pass& pass, int64_t at, const int8_t* q,
                                     Vec (&sums)[kRows][kStreams][Codes::kSums]) {
  constexpr int64_t ahead = kAhead<(kStreams + kParts - 1) / kParts>;
  if constexpr (!kInTurns<Codes, kRows>) {
    typename Codes::Unpacker unpackers[kStreams];
    for (int s = 0; s < kStreams; ++s) StartWord<Codes>(pass, s, at, ahead, &unpackers[s]);
    AddQuads<Codes, 0>(unpackers, q, pass.a.q_stride, sums);
  } else if constexpr (kFirst < kStreams) {
    typename Codes::Unpacker unpacker[1];
    StartWord<Codes>(pass, kFirst, at, ahead, unpacker);
    Vec own[1][1][Codes::kSums];
    for (int i = 0; i < Codes::kSums; ++i) own[0][0][i] = sums[0][kFirst][i];
    AddQuads<Codes, 0>(unpacker, q, pass.a.q_stride, own);
    for (int i = 0; i < Codes::kSums; ++i) sums[0][kFirst][i] = own[0][0][i];
    AddWord<Codes, kFirst + 1>(pass, at, q, sums);
  }
}

// sums of one chunk of words, no more than 16 bits may hold where that is what sums are.
template <class Codes, int kRows, int kStreams>
void AddChunk(const Pass& pass, int64_t begin, int64_t end, Vec (&totals)[kRows][kStreams]) {
  Vec sums[kRows][kStreams][Codes::kSums];
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      for (int i = 0; i < Codes::kSums; ++i) sums[r][s][i] = Zero();
    }
  }
  const int8_t* q = pass.q + begin * kColumns<Codes>;
  for (int64_t at = begin * kWordBytes; at < end * kWordBytes; at += kWordBytes, q += kColumns<Codes>) {
    AddWord<Codes, 0>(pass, at, q, sums);
  }
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      for (int i = 0; i < Codes::kSums; ++i) sums[r][s][i] = Widen(sums[r][s][i]);
      totals[r][s] = Add(totals[r][s], Codes::Total(sums[r][s]));
    }
  }
}

// totals[r][s] = sum of code * q over the words [begin, end).
template <class Codes, int kRows, int kStreams>
void SumWords(const Pass& pass, int64_t begin, int64_t end, Vec (&totals)[kRows][kStreams]) {
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) totals[r][s] = Zero();
  }
  const int64_t chunk = kSumsIn16Bits ? Codes::kWordsIn16Bits : end - begin;
  for (int64_t at = begin; at < end; at += chunk) {
    AddChunk<Codes>(pass, at, at + chunk < end ? at + chunk : end, totals);
  }
}

// acc: of the rows of X of the pass by the tiles that it touches.
template <class Codes, int kRows, int kStreams, int kTiles>
void MultiplyRowScales(const Pass& pass, int64_t m, int32_t (&acc)[kRows][kTiles][kTileRows]) {
  Vec totals[kRows][kStreams];
  SumWords<Codes>(pass, 0, pass.a.words_per_row, totals);
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) {
      Store(acc[r][s / kParts] + (pass.first_part + s % kParts) * kPartRows,
            Codes::Weigh(totals[r][s], pass.a.q_sum[m + r]));
    }
  }
}

// t = t + (float(acc) * scale) * (1 / s) for block after block, which is AddBlock of epilogue.h on vectors. Rows that
// pad the last tile have scales too, and are not stored.
template <class Codes, int kRows, int kStreams, int kTiles>
void MultiplyBlockScales(const Pass& pass, int64_t tile, int64_t run, int64_t m, float (&t)[kRows][kTiles][kTileRows]) {
  const MatMulArgs& a = pass.a;
  const int64_t words = a.block_size / kColumns<Codes>;
  FloatVec sums[kRows][kStreams];
  for (int r = 0; r < kRows; ++r) {
    for (int s = 0; s < kStreams; ++s) sums[r][s] = ZeroFloats();
  }
  for (int64_t group = 0; group < a.groups; ++group) {
    Vec totals[kRows][kStreams];
    SumWords<Codes>(pass, group * words, (group + 1) * words, totals);
    for (int s = 0; s < kStreams; ++s) {
      const int64_t part = pass.first_part + s % kParts;
      const FloatVec scale =
          LoadFloats(a.scale + ((tile + s / kParts * run) * a.groups + group) * kTileRows + part * kPartRows);
      for (int r = 0; r < kRows; ++r) {
        const int64_t at = (m + r) * a.groups + group;
        const FloatVec acc = ToFloats(Codes::Weigh(totals[r][s], a.q_sum[at]));
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

// kRows rows of X times the kTiles whole tiles `tile`, `tile + run`, ... Where the registers have no room for a whole
// tile, it is in the L1 cache for its other half.
template <template <int> class Packing, bool kBlockScales, int kRows, int kTiles>
void MultiplyTiles(const MatMulArgs& a, int64_t tile, int64_t run, int64_t m) {
  using Codes = Packing<SumsAtOnce(Packing<1>::kQuads, kRows)>;
  constexpr int kAtOnce = StreamsAtOnce(Packing<1>::kQuads, kRows);
  constexpr int kPartsAtOnce = kAtOnce < kParts ? kAtOnce : kParts;
  constexpr int kStreams = kTiles * kPartsAtOnce;
  alignas(64) float t[kRows][kTiles][kTileRows];
  alignas(64) int32_t acc[kRows][kTiles][kTileRows];
  for (int64_t part = 0; part < kParts; part += kPartsAtOnce) {
    const Pass pass(a, tile, run, part, m);
    if constexpr (kBlockScales) {
      MultiplyBlockScales<Codes, kRows, kStreams>(pass, tile, run, m, t);
    } else {
      MultiplyRowScales<Codes, kRows, kStreams>(pass, m, acc);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int i = 0; i < kTiles; ++i) {
      if constexpr (kBlockScales) {
        StoreBlocks(a, tile + i * run, m + r, t[r][i]);
      } else {
        StoreTile(a, tile + i * run, m + r, acc[r][i]);
      }
    }
  }
}

// The rows [m, row_end) times the kTiles tiles of MultiplyTiles, which stay in the cache meanwhile: kRows at once as
// often as that goes, then half as many.
template <template <int> class Packing, bool kBlockScales, int kRows, int kTiles>
void MultiplyRows(const MatMulArgs& a, int64_t tile, int64_t run, int64_t m, int64_t row_end) {
  for (; m + kRows <= row_end; m += kRows) MultiplyTiles<Packing, kBlockScales, kRows, kTiles>(a, tile, run, m);
  if constexpr (kRows > 1) MultiplyRows<Packing, kBlockScales, kRows / 2, kTiles>(a, tile, run, m, row_end);
}

// In passes of kRows rows, or fewer where there are not as many.
template <template <int> class Packing, bool kBlockScales, int kRows>
void MultiplyRange(const MatMulArgs& a, int64_t tile, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  if constexpr (kRows > 1) {
    if (row_end - row_begin < kRows) {
      return MultiplyRange<Packing, kBlockScales, kRows / 2>(a, tile, tile_end, row_begin, row_end);
    }
  }
  constexpr int kAtOnce = StreamsAtOnce(Packing<1>::kQuads, kRows);
  constexpr int kTiles = kAtOnce > kParts ? kAtOnce / kParts : 1;
  const int64_t run = (tile_end - tile) / kTiles;
  for (int64_t i = 0; i < run; ++i) {
    MultiplyRows<Packing, kBlockScales, kRows, kTiles>(a, tile + i, run, row_begin, row_end);
  }
  for (tile += run * kTiles; tile < tile_end; ++tile) {
    MultiplyRows<Packing, kBlockScales, kRows, 1>(a, tile, 1, row_begin, row_end);
  }
}

// A MultiplyFn.
template <template <int> class Packing>
void MultiplyPacking(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  if constexpr (Packing<1>::kBlocks) {
    if (a.block_size != 0) return MultiplyRange<Packing, true, kMostRows>(a, tile_begin, tile_end, row_begin, row_end);
  }
  MultiplyRange<Packing, false, kMostRows>(a, tile_begin, tile_end, row_begin, row_end);
}

}  // namespace
}  // namespace bitmatmul
