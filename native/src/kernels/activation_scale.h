// The contract's rule for a group of activations, given its largest magnitude: one for all quantizers. Files of one
// instruction set each compile their own copy: see kernel.h.
#pragma once

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

// What is left of a float's bits is its magnitude: as integers, magnitudes stand in their order, with infinity and the
// NaNs on top.
constexpr uint32_t kMagnitudeBits = 0x7fffffffu;

inline bool IsFinite(uint32_t absmax_bits) { return absmax_bits < 0x7f800000u; }

// s, where q = rint(x * s) for int8. The contract's clamp to -127..127 has nothing to do then: 1 / a and its product
// with 127 are each within 2^-22 of the exact ones, also where 1 / a is subnormal, so that |x * s| < 127.5.
[[maybe_unused]] inline float ScaleOf(uint32_t absmax_bits) {
  float a;
  memcpy(&a, &absmax_bits, sizeof(a));
  const float inv_absmax = 1.0f / (a > 1e-5f ? a : 1e-5f);
  return inv_absmax * 127.0f;
}

}  // namespace
}  // namespace bitmatmul
