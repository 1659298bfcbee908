// What a packed word holds, for plain code: one weight, and whether any byte is one that no packer writes.
#pragma once

#include <cstdint>

#include "bitmatmul/layout.h"

namespace bitmatmul {

// Stored bytes are ceil(256 v / 243). p is one of them exactly where the low byte of 243 p is below 243:
// 243 p = 256 v + r with v = floor(243 p / 256), so ceil(256 v / 243) = ceil(p - r / 243), which is p iff r < 243.
inline bool IsTernary20Byte(uint32_t byte) { return ((byte * 243) & 0xff) < 243; }

inline bool HasTernary16Code3(const int32_t* words, int64_t count) {
  uint32_t both = 0;
  for (int64_t i = 0; i < count; ++i) {
    const uint32_t word = static_cast<uint32_t>(words[i]);
    both |= word & (word >> 1);
  }
  return (both & 0x55555555u) != 0;
}

inline bool HasBadTernary20Byte(const int32_t* words, int64_t count) {
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(words);
  uint8_t bad = 0;
  for (int64_t i = 0; i < 4 * count; ++i) {
    const uint8_t low = static_cast<uint8_t>(bytes[i] * 243);
    bad |= static_cast<uint8_t>(low >= 243);
  }
  return bad != 0;
}

}  // namespace bitmatmul
