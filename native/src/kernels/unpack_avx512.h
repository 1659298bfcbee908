// Packed words to unsigned codes, w + 1, a byte each: the sum of the activations is subtracted from the products' sum.
// Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <immintrin.h>

#include <cstdint>

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
    const __m512i one = _mm512_set1_epi8(1);
    const __m512i below_one = _mm512_set1_epi8(85);                      // (3 q) >> 8 is 0 up to here,
    const __m512i below_two = _mm512_set1_epi8(static_cast<char>(170));  // and 1 up to here
    __m512i q = _mm512_loadu_si512(words);
    for (int i = 0; i < 5; ++i) {
      const __m512i code = _mm512_maskz_mov_epi8(_mm512_cmpgt_epu8_mask(q, below_one), one);
      _mm512_store_si512(codes + 64 * i, _mm512_mask_add_epi8(code, _mm512_cmpgt_epu8_mask(q, below_two), code, one));
      q = _mm512_add_epi8(q, _mm512_add_epi8(q, q));
    }
  }
};

}  // namespace
}  // namespace bitmatmul
