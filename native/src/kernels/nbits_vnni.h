// CustomMatMulNBits with VPDPBUSD: stored numbers are unsigned, the two digits of activations signed, and each vector
// of weights meets both. Vectors are those of vector_avx512.h or vector_avx2.h; the file that includes this says also
//   Dot(sum, bytes, q)           four products added to each of 32 bits
//   LoadFirst(p, count)          of up to a vector's bytes the first `count`, and zeros
//   SumLanes(v)                  the sum of all 32-bit lanes, modulo 2^32
//   StoreSixteens8(v, sums)      sums of 16 lanes of 8-bit columns: of kFour vectors each 4 lanes, in order
//   StoreSixteens4(v, sums)      of two vectors each 2 lanes
#pragma once

#include "kernels/nbits_quantize.h"
#include "kernels/nbits_rows.h"

namespace bitmatmul {
namespace {

inline Vec LoadDigits(const int8_t* q) { return Load(reinterpret_cast<const uint8_t*>(q)); }

struct Vnni {
  // Accumulators are 2 * streams * rows: half of the registers, about.
  template <int kRows>
  static constexpr int kStreams = kVecBytes == 64 ? (kRows <= 2 ? 4 : 2)
                                                  : (kRows == 1   ? 4
                                                     : kRows == 2 ? 2
                                                                  : 1);
  static constexpr int kMostRows = 4;
  template <int kBits>
  static constexpr int32_t kOffset = kZeroPoint<kBits>;
  template <int kBits, int kSixteens>
  static constexpr bool kTakesBlocks = false;

  // Sums of products with high and low digits.
  struct Sums {
    Vec high;
    Vec low;
  };
  static Vec Join(const Sums& sums) { return bitmatmul::Add(ShiftLeft(sums.high, 7), sums.low); }

  // One vector of weights of each stream.
  template <int kBits, int kTheStreams, int kRows>
  static void Add(const NBitsArgs& a, const Vec (&bytes)[kTheStreams], const int8_t* q,
                  Sums (&sums)[kRows][kTheStreams]) {
    if constexpr (kBits == 8) {
      AddProducts(a, bytes, q, sums);
    } else {
      const Vec mask = EachByte(15);
      Vec half[kTheStreams];
      for (int s = 0; s < kTheStreams; ++s) half[s] = And(bytes[s], mask);
      AddProducts(a, half, q, sums);
      for (int s = 0; s < kTheStreams; ++s) half[s] = And(ShiftRight(bytes[s], 4), mask);
      AddProducts(a, half, q + kNBitsChunk / 2, sums);
    }
  }

  template <int kTheStreams, int kRows>
  static void AddProducts(const NBitsArgs& a, const Vec (&numbers)[kTheStreams], const int8_t* q,
                          Sums (&sums)[kRows][kTheStreams]) {
    for (int r = 0; r < kRows; ++r) {
      const Vec high = LoadDigits(q + r * 2 * a.padded);
      const Vec low = LoadDigits(q + r * 2 * a.padded + a.padded);
      for (int s = 0; s < kTheStreams; ++s) {
        sums[r][s].high = Dot(sums[r][s].high, numbers[s], high);
        sums[r][s].low = Dot(sums[r][s].low, numbers[s], low);
      }
    }
  }

  // Sums with unsigned numbers may leave 32 bits; those with weights do not, and are right modulo 2^32.
  template <int kBits>
  static int64_t Finish(const Sums& sums, const DigitSums& q) {
    const auto weighed = [](Vec sum, int32_t digits) {
      const uint32_t zero = static_cast<uint32_t>(kZeroPoint<kBits>) * static_cast<uint32_t>(digits);
      return static_cast<int32_t>(SumLanes(sum) - zero);
    };
    return int64_t{128} * weighed(sums.high, q.high) + weighed(sums.low, q.low);
  }

  template <int kBits, int kTheStreams, int kRows>
  static void SumRows(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t (&acc)[kRows][kTheStreams]) {
    const uint8_t* const weights = a.weights + n * a.row_bytes;
    const int8_t* const q = a.q + m * 2 * a.padded;
    const int64_t run_bytes = run * a.row_bytes;
    const int64_t whole = a.row_bytes / kVecBytes * kVecBytes;
    Sums sums[kRows][kTheStreams];
    for (auto& row : sums) {
      for (Sums& sum : row) sum = {Zero(), Zero()};
    }
    Vec bytes[kTheStreams];
    for (int64_t at = 0; at < whole; at += kVecBytes) {
      for (int s = 0; s < kTheStreams; ++s) {
        const uint8_t* const p = weights + s * run_bytes + at;
        _mm_prefetch(reinterpret_cast<const char*>(p + kAhead<kTheStreams>), _MM_HINT_T0);
        bytes[s] = Load(p);
      }
      Add<kBits>(a, bytes, q + PlaceOf<kBits>(at), sums);
    }
    if (whole < a.row_bytes) {
      for (int s = 0; s < kTheStreams; ++s) {
        bytes[s] = LoadFirst(weights + s * run_bytes + whole, a.row_bytes - whole);
      }
      Add<kBits>(a, bytes, q + PlaceOf<kBits>(whole), sums);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int s = 0; s < kTheStreams; ++s) acc[r][s] = Finish<kBits>(sums[r][s], a.sums[m + r]);
    }
  }

  // 128 * high + low of one vector of weights at byte `at`, which fits into 32 bits for 16 columns, and for 256.
  template <int kBits>
  static Vec Joined(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t at) {
    const int64_t left = a.row_bytes - at;
    _mm_prefetch(reinterpret_cast<const char*>(weights + at + kAhead<kBlockStreams>), _MM_HINT_T0);
    const Vec bytes[1] = {left >= kVecBytes ? Load(weights + at) : LoadFirst(weights + at, left > 0 ? left : 0)};
    Sums sums[1][1] = {{{Zero(), Zero()}}};
    Add<kBits>(a, bytes, q + PlaceOf<kBits>(at), sums);
    return Join(sums[0][0]);
  }

  template <int kBits>
  static void SumSixteens(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t column, int32_t* sums) {
    constexpr int kVecs = kBits == 8 ? 4 : 2;
    for (int64_t at = column * kBits / 8; at < (column + kNBitsPadding) * kBits / 8; at += kVecs * kVecBytes) {
      Vec joined[kVecs];
      for (int i = 0; i < kVecs; ++i) joined[i] = Joined<kBits>(a, weights, q, at + i * kVecBytes);
      if constexpr (kBits == 8) {
        StoreSixteens8(joined, sums);
      } else {
        StoreSixteens4(joined, sums);
      }
      sums += kVecBytes / 4;
    }
  }
};

}  // namespace
}  // namespace bitmatmul
