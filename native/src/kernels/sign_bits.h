// Sign activations in the order of binary32 words: bit 8 c + i is column 4 i + c of a word (bitmatmul/layout.h). Files
// of one instruction set each compile their own copy.
#pragma once

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

constexpr int64_t kSignsInWord = 32;

// From bit 4 i + c to bit 8 c + i.
inline uint32_t ArrangeSigns(uint32_t natural) {
  uint32_t word = 0;
  for (int c = 0; c < 4; ++c) {
    uint32_t bits = (natural >> c) & 0x11111111u;  // bit 4 i, for i = 0 .. 7
    bits = (bits | bits >> 3) & 0x03030303u;
    bits = (bits | bits >> 6) & 0x000f000fu;
    bits = (bits | bits >> 12) & 0x000000ffu;
    word |= bits << (8 * c);
  }
  return word;
}

// A word with the bits of the first `columns` columns, all of them from 32 on.
inline uint32_t SignBitsBelow(int64_t columns) {
  return columns >= kSignsInWord ? 0xffffffffu : ArrangeSigns((1u << columns) - 1);
}

// Word b of a packed row of signs.
inline int32_t LoadSigns(const int8_t* q, int64_t b) {
  int32_t word;
  memcpy(&word, q + 4 * b, sizeof(word));
  return word;
}
inline void StoreSigns(int8_t* q, int64_t b, uint32_t word) { memcpy(q + 4 * b, &word, sizeof(word)); }

}  // namespace
}  // namespace bitmatmul
