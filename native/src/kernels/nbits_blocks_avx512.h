// Weights with a scale for each block, with AVX-512 VNNI: four output rows and four blocks of each at once, whose 16
// sums are added up across vectors and become floats together. A vector of weights is four lanes of 128 bits.
//
// The sum over blocks is as long as the row has blocks, and has its order; but the four rows' are side by side.
#pragma once

#include "kernels/nbits_vnni.h"

namespace bitmatmul {
namespace {

constexpr int64_t kBlocksAtOnce = 4;

// Of lanes a0 a1 a2 a3 and b0 b1 b2 b3: a0 + a1, a2 + a3, b0 + b1, b2 + b3.
inline Vec AddLanePairs(Vec a, Vec b) {
  return Add(_mm512_shuffle_i32x4(a, b, 0x88), _mm512_shuffle_i32x4(a, b, 0xdd));
}

// Lane g becomes the sums of block g, where the vectors are all lanes of four blocks in order.
inline Vec LaneOfEachBlock(const Vec (&v)[1]) { return v[0]; }
inline Vec LaneOfEachBlock(const Vec (&v)[2]) { return AddLanePairs(v[0], v[1]); }
inline Vec LaneOfEachBlock(const Vec (&v)[4]) {
  return AddLanePairs(AddLanePairs(v[0], v[1]), AddLanePairs(v[2], v[3]));
}

// Number s of lane g becomes the sum of lane g of vector s.
inline Vec AddWithinLanes(const Vec (&v)[kBlockStreams]) {
  const Vec ab = Add(_mm512_unpacklo_epi32(v[0], v[1]), _mm512_unpackhi_epi32(v[0], v[1]));
  const Vec cd = Add(_mm512_unpacklo_epi32(v[2], v[3]), _mm512_unpackhi_epi32(v[2], v[3]));
  return Add(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
}

struct VnniBlocks : Vnni {
  // Blocks of 16 columns of 4 bits are half lanes.
  template <int kBits, int kSixteens>
  static constexpr bool kTakesBlocks = kSixteens * kBits >= 8;
  static constexpr int kBlockRows = 2;

  // All numbers of lane g: what sums with stored numbers are above those with weights, for block g of `count`.
  template <int kBits>
  static Vec Offsets(const DigitSums* sums, unsigned mask) {
    const Vec digits = _mm512_maskz_loadu_epi64(static_cast<__mmask8>(mask), sums);
    const Vec high = _mm512_permutexvar_epi32(_mm512_set_epi32(6, 6, 6, 6, 4, 4, 4, 4, 2, 2, 2, 2, 0, 0, 0, 0), digits);
    const Vec low = _mm512_permutexvar_epi32(_mm512_set_epi32(7, 7, 7, 7, 5, 5, 5, 5, 3, 3, 3, 3, 1, 1, 1, 1), digits);
    return bitmatmul::Add(ShiftLeft(high, kBits - 1 + 7), ShiftLeft(low, kBits - 1));
  }

  // Number s of lane g: the scale of block g of stream s.
  static FloatVec Scales(const float* scale, int64_t stride, unsigned mask) {
    const auto lane = static_cast<__mmask8>(mask);
    __m512 rows = _mm512_castps128_ps512(_mm_maskz_loadu_ps(lane, scale));
    rows = _mm512_insertf32x4(rows, _mm_maskz_loadu_ps(lane, scale + stride), 1);
    rows = _mm512_insertf32x4(rows, _mm_maskz_loadu_ps(lane, scale + 2 * stride), 2);
    rows = _mm512_insertf32x4(rows, _mm_maskz_loadu_ps(lane, scale + 3 * stride), 3);
    const Vec order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
    return _mm512_permutexvar_ps(order, rows);
  }

  // blocks[r]: lane g has the sums of block g, for the four blocks from byte `at` of a row of weights, and row r of X.
  template <int kBits, int kLanes, bool kWhole, int kRows>
  static void SumBlocks(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t at, Vec (&blocks)[kRows]) {
    constexpr int kVecs = kLanes < 4 ? kLanes : 4;
    constexpr int64_t kBytes = kLanes / kVecs * kVecBytes;
    Vec joined[kRows][kVecs];
    for (int i = 0; i < kVecs; ++i) {
      Sums sums[kRows][1];
      for (auto& row : sums) row[0] = {Zero(), Zero()};
      for (int64_t b = at + i * kBytes; b < at + (i + 1) * kBytes && (kWhole || b < a.row_bytes); b += kVecBytes) {
        _mm_prefetch(reinterpret_cast<const char*>(weights + b + kAhead<kBlockStreams>), _MM_HINT_T0);
        const int64_t left = a.row_bytes - b;
        const Vec bytes[1] = {kWhole || left >= kVecBytes ? Load(weights + b) : LoadFirst(weights + b, left)};
        Vnni::Add<kBits>(a, bytes, q + PlaceOf<kBits>(b), sums);
      }
      for (int r = 0; r < kRows; ++r) joined[r][i] = Join(sums[r][0]);
    }
    for (int r = 0; r < kRows; ++r) blocks[r] = LaneOfEachBlock(joined[r]);
  }

  // t[r] = t[r] + float(acc) * scale for the blocks from g on, four where kWhole, of all streams side by side. A block
  // behind the last adds +0, which changes no sum that began with +0.
  template <int kBits, int kSixteens, bool kWhole, int kRows>
  static void AddBlocks(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t g, __m128 (&t)[kRows]) {
    constexpr int kLanes = kSixteens * kBits / 8;
    const unsigned mask = kWhole ? 15u : (1u << (a.groups - g)) - 1;
    const int8_t* const q = a.q + m * 2 * a.padded;
    Vec sums[kRows][kBlockStreams];
    for (int s = 0; s < kBlockStreams; ++s) {
      Vec blocks[kRows];
      const uint8_t* const weights = a.weights + (n + s * run) * a.row_bytes;
      SumBlocks<kBits, kLanes, kWhole>(a, weights, q, g * kLanes * 16, blocks);
      for (int r = 0; r < kRows; ++r) sums[r][s] = blocks[r];
    }
    const FloatVec scale = Scales(a.scale + n * a.groups + g, run * a.groups, mask);
    for (int r = 0; r < kRows; ++r) {
      const Vec acc = Subtract(AddWithinLanes(sums[r]), Offsets<kBits>(a.sums + (m + r) * a.groups + g, mask));
      const FloatVec scaled = Multiply(ToFloats(acc), scale);
      t[r] = _mm_add_ps(t[r], _mm512_castps512_ps128(scaled));
      t[r] = _mm_add_ps(t[r], _mm512_extractf32x4_ps(scaled, 1));
      t[r] = _mm_add_ps(t[r], _mm512_extractf32x4_ps(scaled, 2));
      t[r] = _mm_add_ps(t[r], _mm512_extractf32x4_ps(scaled, 3));
    }
  }

  template <int kBits, int kSixteens, int kRows>
  static void MultiplyBlocks(const NBitsArgs& a, int64_t n, int64_t run, int64_t m) {
    __m128 t[kRows];
    for (__m128& sum : t) sum = _mm_setzero_ps();
    int64_t g = 0;
    for (; g + kBlocksAtOnce <= a.groups; g += kBlocksAtOnce) {
      AddBlocks<kBits, kSixteens, true, kRows>(a, n, run, m, g, t);
    }
    if (g < a.groups) AddBlocks<kBits, kSixteens, false, kRows>(a, n, run, m, g, t);
    for (int r = 0; r < kRows; ++r) {
      alignas(16) float sums[kBlockStreams];
      _mm_store_ps(sums, t[r]);
      StoreBlocks(a, n, run, m + r, sums);
    }
  }
};

}  // namespace
}  // namespace bitmatmul
