// All packings x int8 on AMX tiles. Up to 16 rows of X: amx_few_rows.h. Prefill: 48 rows of X times two row tiles of W
// in six accumulator tiles. Codes are unsigned (TDPBSUD), so the sum of the activations is subtracted at the end.
//
// Products alone run at the rate of AMX with operands from the L1 cache, although X comes from L2: docs/benchmarks.md.
// What they then wait for is stores: of sums, each of which takes the time of a product, of y, and of codes. So codes
// are unpacked into a panel that stays in the L1 cache, by the first rows of X that need them, a few steps ahead of the
// products; X streams past it (with the hint that it is not needed again, without which it drives the panel out); the
// floats of one block of rows are computed and stored during the products of the next; and the lines of y that these go
// to are fetched during a block's own products.
//
// Tried, and slower: four accumulators, with panels of 640, 1,280 columns or all K; a panel of all K, in the L2 cache;
// a panel unpacked in one go; prefetching X or W's codes further; X in tile order, also where codes and X never share
// the lower 12 bits of their addresses with what is being stored; sums loaded before their first product and stored
// after their last; the floats of a block in one go; 192 or 288 rows between two passes over W; fetching y's lines one
// of two, or during all panels. Not fetching them is 3 % faster where y is in the L3 cache and 15 % slower where it is
// not; streaming stores gain no more, and lose it where y is read next.
#include <immintrin.h>

#include <cstdint>

#include "bitmatmul/layout.h"
#include "kernels/amx_block.h"
#include "kernels/amx_epilogue.h"
#include "kernels/amx_few_rows.h"
#include "kernels/kernel.h"
#include "kernels/quantize_avx512.h"
#include "kernels/unpack_avx512.h"

namespace bitmatmul {
namespace {

// Rows of X between two passes over W: three blocks at most, whose sums there is room for. A single pass may fill half
// of the L2 cache; of several, each takes less, since y streams through the cache besides.
constexpr int64_t kPassRows = 3 * kBlockRows;
constexpr int64_t kOnlyPassBytes = 1 << 20;
constexpr int64_t kPassBytes = 704 << 10;
// With fewer row tiles of W, threads share rows of X rather than W: they find most of X in their own caches then.
constexpr int64_t kFewTiles = 64;
constexpr int64_t kRowsWorthSharing = 96;
// A task of 4 row tiles and 128 rows takes 10 us; taking it up and filling the pipelines 1.
constexpr int64_t kMacsPerTask = 64 << 20;

int64_t AtMost(int64_t value, int64_t most) { return value > most ? most : value; }
int64_t TilesOfBlock(int64_t left) { return left == 4 ? 2 : left < kBlockTiles ? left : kBlockTiles; }

// The tiles [x, x + tiles) of X from column k on.
Block BlockOf(const MatMulArgs& a, const Pass& pass, int64_t x, int64_t tiles, int64_t k) {
  Block b;
  b.stride = a.q_stride;
  for (int64_t r = 0; r < tiles; ++r) {
    int64_t row = (x + r) * kTileRows;
    if (row + kTileRows > pass.rows && row > 0) row = pass.rows - kTileRows;
    b.x[r] = a.q + (pass.m + row) * a.q_stride + k;
  }
  return b;
}

// Columns of the row tile and the one after it, from a word on.
template <class Packing>
Panel<Packing> PanelOf(const MatMulArgs& a, int64_t tile, int64_t tile_end, int64_t word, uint8_t* codes) {
  constexpr int64_t kPanelWords = kPanelK / Packing::kWeights;
  const int64_t left = a.words_per_row - word;
  Panel<Packing> panel;
  panel.codes = codes;
  panel.words[0] = a.weights + (tile * a.words_per_row + word) * kTileRows;
  panel.words[1] = tile + 1 < tile_end ? panel.words[0] + a.words_per_row * kTileRows : panel.words[0];
  panel.word_count = left < kPanelWords ? left : kPanelWords;
  panel.unpacked = 0;
  return panel;
}

// Memory of a call, on the stack.
struct alignas(64) Buffers {
  uint8_t codes[kRowTiles * kPanelTile];
  int32_t sums[kPassRows * kLine];
};

// Two row tiles times all rows of X of the pass.
template <class Packing>
void MultiplyRowTiles(const MatMulArgs& a, int64_t tile, int64_t tile_end, const Pass& pass, Buffers* buffers,
                      Epilogue* epilogue) {
  for (int64_t word = 0; word < a.words_per_row;) {
    Panel<Packing> panel = PanelOf<Packing>(a, tile, tile_end, word, buffers->codes);
    const bool is_last = word + panel.word_count == a.words_per_row;
    int32_t* sums = buffers->sums;
    for (int64_t x = 0, tiles = 0; x < pass.tiles; x += tiles, sums += kBlockRows * kLine) {
      tiles = TilesOfBlock(pass.tiles - x);
      Block block = BlockOf(a, pass, x, tiles, word * Packing::kWeights);
      block.steps = (panel.word_count * Packing::kWeights + kStepK - 1) / kStepK;
      block.sums = sums;
      block.is_first = word == 0;
      block.y = is_last ? a.y + (pass.m + x * kTileRows) * a.n + tile * kTileRows : nullptr;
      block.n = a.n;
      block.rows = AtMost(tiles * kTileRows, pass.rows - x * kTileRows);
      MultiplyAnyBlock(tiles, block, &panel, epilogue);
      if (!is_last) continue;
      if (x == 0) SetRowTiles(a, tile, 1, tile_end, epilogue);
      SetRows(a, pass, tile * kTileRows, x, tiles, sums, epilogue);
    }
    word += panel.word_count;
  }
}

template <class Packing>
void MultiplyPass(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, const Pass& pass, Buffers* buffers) {
  Epilogue epilogue = {};
  for (int64_t tile = tile_begin; tile < tile_end; tile += kRowTiles) {
    MultiplyRowTiles<Packing>(a, tile, tile_end, pass, buffers, &epilogue);
  }
  epilogue.Finish();
}

// All passes alike: a last one of a few rows would unpack all codes for little.
int64_t RowsPerPass(int64_t m, int64_t q_stride, int64_t tiles) {
  const bool is_only = m <= kPassRows && m * q_stride <= kOnlyPassBytes;
  if (is_only && (tiles > kFewTiles || m < kRowsWorthSharing)) return kPassRows;
  int64_t most = is_only ? (m + 1) / 2 : AtMost(kPassBytes / q_stride / kBlockRows * kBlockRows, kPassRows);
  if (most < kBlockRows) most = kBlockRows;
  const int64_t passes = (m + most - 1) / most;
  return ((m + passes - 1) / passes + kTileRows - 1) / kTileRows * kTileRows;
}

template <class Packing>
void MultiplyRows(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  if (row_end - row_begin <= kTileRows) {
    return MultiplyFewRows<Packing>(a, tile_begin, tile_end, row_begin, row_end - row_begin);
  }
  Buffers buffers;
  int64_t config_rows = 0;
  for (int64_t m = row_begin; m < row_end; m += kPassRows) {
    const int64_t rows = AtMost(row_end - m, kPassRows);
    const int64_t tile_rows = rows < kTileRows ? rows : kTileRows;
    if (tile_rows != config_rows) LoadConfig(tile_rows, 7);
    config_rows = tile_rows;
    MultiplyPass<Packing>(a, tile_begin, tile_end, {m, rows, (rows + kTileRows - 1) / kTileRows}, &buffers);
  }
  _tile_release();
}

void Multiply(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  switch (a.packing) {
    case BITMATMUL_BINARY32:
      return MultiplyRows<UnpackBinary32>(a, tile_begin, tile_end, row_begin, row_end);
    case BITMATMUL_TERNARY16:
      return MultiplyRows<UnpackTernary16>(a, tile_begin, tile_end, row_begin, row_end);
    default:
      return MultiplyRows<UnpackTernary20>(a, tile_begin, tile_end, row_begin, row_end);
  }
}

}  // namespace

extern const KernelCode kAmxInt8;
const KernelCode kAmxInt8 = {&Multiply, &QuantizeInt8Group<true>, nullptr, false, &RowsPerPass, 0, kMacsPerTask};

}  // namespace bitmatmul
