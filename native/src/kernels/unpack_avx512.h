// Packed words to unsigned codes, w + 1, a byte each: the sum of the activations is subtracted from the products' sum.
// Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "kernels/ternary20_vbmi.h"

namespace bitmatmul {
namespace {

// Each packing unpacks one word of each of a tile's 16 rows (64 bytes) into kWeights / 4 vectors of 16 rows x 4
// consecutive k, and stores them at codes, aligned to 64 bytes.
struct UnpackBinary32 {
  static constexpr int64_t kWeights = 32;
  static void Unpack(const uint32_t* words, uint8_t* codes) {
    const __m512i mask = _mm512_set1_epi8(2);
    const __m512i w = _mm512_loadu_si512(words);
    Store(codes, 0, _mm512_and_si512(_mm512_add_epi8(w, w), mask));
    Store(codes, 1, _mm512_and_si512(w, mask));
    Store(codes, 2, _mm512_and_si512(_mm512_srli_epi16(w, 1), mask));
    Store(codes, 3, _mm512_and_si512(_mm512_srli_epi16(w, 2), mask));
    Store(codes, 4, _mm512_and_si512(_mm512_srli_epi16(w, 3), mask));
    Store(codes, 5, _mm512_and_si512(_mm512_srli_epi16(w, 4), mask));
    Store(codes, 6, _mm512_and_si512(_mm512_srli_epi16(w, 5), mask));
    Store(codes, 7, _mm512_and_si512(_mm512_srli_epi16(w, 6), mask));
  }
  static void Store(uint8_t* codes, int i, __m512i v) { _mm512_store_si512(codes + 64 * i, v); }
};

struct UnpackTernary16 {
  static constexpr int64_t kWeights = 16;
  static void Unpack(const uint32_t* words, uint8_t* codes) {
    const __m512i mask = _mm512_set1_epi8(3);
    const __m512i w = _mm512_loadu_si512(words);
    _mm512_store_si512(codes, _mm512_and_si512(w, mask));
    _mm512_store_si512(codes + 64, _mm512_and_si512(_mm512_srli_epi16(w, 2), mask));
    _mm512_store_si512(codes + 128, _mm512_and_si512(_mm512_srli_epi16(w, 4), mask));
    _mm512_store_si512(codes + 192, _mm512_and_si512(_mm512_srli_epi16(w, 6), mask));
  }
};

struct UnpackTernary20 {
  static constexpr int64_t kWeights = 20;
  static void Unpack(const uint32_t* words, uint8_t* codes) {
    Ternary20VbmiUnpacker unpacker;
    unpacker.Start(_mm512_loadu_si512(words));
    _mm512_store_si512(codes, unpacker.Next<0>());
    _mm512_store_si512(codes + 64, unpacker.Next<1>());
    _mm512_store_si512(codes + 128, unpacker.Next<2>());
    _mm512_store_si512(codes + 192, unpacker.Next<3>());
    _mm512_store_si512(codes + 256, unpacker.Next<4>());
  }
};

}  // namespace
}  // namespace bitmatmul
