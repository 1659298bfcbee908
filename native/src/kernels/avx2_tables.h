// int8 activations times weights by tables of sums of activations, with AVX2: weights of four columns (binary32), or of
// three and two (ternary20), are the index of a VPSHUFB that gives their share of a sum. Multiplying codes as in
// multiply_codes.h takes more instructions, of which the three vector ports are the bound: docs/benchmarks.md.
//
// A table holds for 16 rows at once, so all bytes of a vector must be of the same columns: those are byte c of a word
// of each of 32 rows, of two tiles that are far apart (streams.h). Entries have more than 8 bits: each table is two, of
// the lower five bits and of what is above, and each is added up in bytes for one word of columns. The quantizer makes
// the tables, once for a row of X, in the order in which they are read: for every word of columns and each of its four
// bytes, lower and upper bits of the first index, then of the second.
//
// A packing is a struct with
//   kColumns              of a word
//   StoreTables(q, t)     the tables of a byte of a word, of the columns q[0], q[4], q[8], ...
//   kSumBias              by how much these make the sum of a word too large
//   AddWord(a, b, t, sum) adds look-ups of a word of both tiles
//   Combine(bytes)        lower + 32 upper, of lower and upper bytes in turn
//   Position(tile, row)   of a row of the two tiles among the 32 sums
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "kernels/epilogue.h"
#include "kernels/kernel.h"
#include "kernels/quantize_avx2.h"
#include "kernels/streams.h"

namespace bitmatmul {
namespace {

constexpr int kPairTiles = 2;
constexpr int64_t kTableBytes = 16;
constexpr int64_t kByteTables = 4 * kTableBytes;  // of byte c of the words of a column block
constexpr int64_t kWordTables = 4 * kByteTables;  // of all four
constexpr int kLowerBits = 5;
// A word adds less than 2^12 to a sum, so 16 bits hold eight.
constexpr int64_t kWordsIn16Bits = 8;
// Both streams of a pass are whole tiles of a length that is often a multiple of 4 KiB. Prefetching equally far ahead
// of both then takes a sixth longer, from memory.
constexpr int64_t kAheadOfSecond = kAhead<kPairTiles> + 2048;

inline __m256i LoadBytes(const uint8_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }

// What is in table t for each byte of `index`.
inline __m256i LookUpTable(const uint8_t* t, __m256i index) {
  const __m128i table = _mm_load_si128(reinterpret_cast<const __m128i*>(t));
  return _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), index);
}

// Sums of 32 rows of one word, in bytes.
struct ByteSums {
  __m256i lower = _mm256_setzero_si256();
  __m256i upper = _mm256_setzero_si256();

  void Add(__m256i more_lower, __m256i more_upper) {
    lower = _mm256_add_epi8(lower, more_lower);
    upper = _mm256_add_epi8(upper, more_upper);
#if defined(__GNUC__)
    // gcc otherwise collects what is to be added, in memory where registers run out.
    __asm__("" : "+x"(lower), "+x"(upper));
#endif
  }
};

// acc: of the two tiles. The second may be the first again, where there is no other.
template <class Packing>
void MultiplyPair(const uint8_t* first, const uint8_t* second, const uint8_t* tables, int64_t words,
                  int32_t (&acc)[kPairTiles][kTileRows]) {
  __m256i totals[4];
  for (__m256i& total : totals) total = _mm256_setzero_si256();
  for (int64_t word = 0; word < words;) {
    const int64_t end = word + kWordsIn16Bits < words ? word + kWordsIn16Bits : words;
    const auto bias = static_cast<int16_t>(-Packing::kSumBias * (end - word));
    __m256i low = _mm256_set1_epi16(bias), high = low;
    for (; word < end; ++word, first += kWordBytes, second += kWordBytes, tables += kWordTables) {
      _mm_prefetch(reinterpret_cast<const char*>(first + kAhead<kPairTiles>), _MM_HINT_T0);
      _mm_prefetch(reinterpret_cast<const char*>(second + kAheadOfSecond), _MM_HINT_T0);
      ByteSums sums;
      Packing::AddWord(first, second, tables, &sums);
      low = _mm256_add_epi16(low, Packing::Combine(_mm256_unpacklo_epi8(sums.lower, sums.upper)));
      high = _mm256_add_epi16(high, Packing::Combine(_mm256_unpackhi_epi8(sums.lower, sums.upper)));
    }
    totals[0] = _mm256_add_epi32(totals[0], _mm256_cvtepi16_epi32(_mm256_castsi256_si128(low)));
    totals[1] = _mm256_add_epi32(totals[1], _mm256_cvtepi16_epi32(_mm256_extracti128_si256(low, 1)));
    totals[2] = _mm256_add_epi32(totals[2], _mm256_cvtepi16_epi32(_mm256_castsi256_si128(high)));
    totals[3] = _mm256_add_epi32(totals[3], _mm256_cvtepi16_epi32(_mm256_extracti128_si256(high, 1)));
  }
  alignas(32) int32_t sums[kPairTiles * kTileRows];
  for (int i = 0; i < 4; ++i) _mm256_store_si256(reinterpret_cast<__m256i*>(sums) + i, totals[i]);
  for (int tile = 0; tile < kPairTiles; ++tile) {
    for (int row = 0; row < kTileRows; ++row) acc[tile][row] = sums[Packing::Position(tile, row)];
  }
}

// A MultiplyFn.
template <class Packing>
void MultiplyByTables(const MatMulArgs& a, int64_t tile_begin, int64_t tile_end, int64_t row_begin, int64_t row_end) {
  const int64_t tile_bytes = a.words_per_row * kWordBytes;
  const int64_t run = (tile_end - tile_begin + 1) / kPairTiles;
  for (int64_t tile = tile_begin; tile < tile_begin + run; ++tile) {
    const uint8_t* first = reinterpret_cast<const uint8_t*>(a.weights) + tile * tile_bytes;
    const bool is_pair = tile + run < tile_end;
    const uint8_t* second = first + (is_pair ? run * tile_bytes : 0);
    for (int64_t m = row_begin; m < row_end; ++m) {
      int32_t acc[kPairTiles][kTileRows];
      MultiplyPair<Packing>(first, second, reinterpret_cast<const uint8_t*>(a.q + m * a.q_stride), a.words_per_row,
                            acc);
      StoreTile(a, tile, m, acc[0]);
      if (is_pair) StoreTile(a, tile + run, m, acc[1]);
    }
  }
}

// An activation in each of 16 lanes, with the lane's sign or 0 where that is 0.
inline __m256i WithSigns(int16_t q, __m256i signs) { return _mm256_sign_epi16(_mm256_set1_epi16(q), signs); }

// Lower and upper parts of 16 sums.
inline void StoreParts(uint8_t* t, __m256i lower, __m256i upper) {
  const __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(lower, upper), 0xd8);
  _mm256_store_si256(reinterpret_cast<__m256i*>(t), bytes);
}

// Columns that are quantized at a time: a whole number of words of either packing.
constexpr int64_t kColumnsAtOnce = 640;

// A QuantizeFn; q is aligned as rows are.
template <class Packing>
bool QuantizeToTables(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  static_assert(kColumnsAtOnce % Packing::kColumns == 0, "whole words");
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (!IsFinite(bits)) return false;
  const float s = ScaleOf(bits);
  const __m256 scale = _mm256_set1_ps(s);
  __m256i sums = _mm256_setzero_si256();
  uint8_t* tables = reinterpret_cast<uint8_t*>(q);
  for (int64_t k = 0; k < count; k += kColumnsAtOnce) {
    alignas(32) int16_t rounded[kColumnsAtOnce];
    const int64_t columns = count - k < kColumnsAtOnce ? count - k : kColumnsAtOnce;
    if (columns < kColumnsAtOnce) memset(rounded, 0, sizeof(rounded));
    for (int64_t i = 0; i < columns; i += 8) {
      const __m256i eight = RoundEight(x + k + i, columns - i, scale);
      sums = _mm256_add_epi32(sums, eight);
      _mm_store_si128(reinterpret_cast<__m128i*>(rounded + i), ToWords(eight));
    }
    for (int64_t word = 0; word < columns; word += Packing::kColumns, tables += kWordTables) {
      for (int c = 0; c < 4; ++c) Packing::StoreTables(rounded + word + c, tables + c * kByteTables);
    }
  }
  *inv_scale = 1.0f / s;
  *q_sum = SumLanes(sums);
  return true;
}

}  // namespace
}  // namespace bitmatmul
