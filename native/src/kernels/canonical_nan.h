// Files of one instruction set each compile their own copy: see kernel.h.
#pragma once

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

// The NaN that the contract's rows of NaN are made of: 0x7fc00000.
[[maybe_unused]] float CanonicalNaN() {
  const uint32_t bits = 0x7fc00000u;
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

}  // namespace
}  // namespace bitmatmul
