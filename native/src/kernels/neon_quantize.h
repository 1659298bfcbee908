// The contract's quantizers in NEON: the same bits as in scalar code, since every operation is IEEE's. Files of one
// instruction set each compile their own copy.
#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "kernels/activation_scale.h"

namespace bitmatmul {
namespace {

constexpr int64_t kFloatsAtOnce = 16;

struct Floats16 {
  float32x4_t part[4];
};

inline Floats16 LoadFloats16(const float* x) {
  return {{vld1q_f32(x), vld1q_f32(x + 4), vld1q_f32(x + 8), vld1q_f32(x + 12)}};
}

// The first `count` of 16 floats, and zeros.
inline Floats16 LoadFirst(const float* x, int64_t count) {
  if (count >= kFloatsAtOnce) return LoadFloats16(x);
  float padded[kFloatsAtOnce] = {};
  memcpy(padded, x, static_cast<size_t>(count) * sizeof(float));
  return LoadFloats16(padded);
}

inline void StoreFirst(int8_t* q, int64_t count, int8x16_t values) {
  if (count >= kFloatsAtOnce) return vst1q_s8(q, values);
  int8_t padded[kFloatsAtOnce];
  vst1q_s8(padded, values);
  memcpy(q, padded, static_cast<size_t>(count));
}

// The bits of the largest magnitude.
uint32_t FindAbsmaxBits(const float* x, int64_t count) {
  const uint32x4_t magnitude = vdupq_n_u32(kMagnitudeBits);
  uint32x4_t largest[4] = {vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0), vdupq_n_u32(0)};
  for (int64_t k = 0; k < count; k += kFloatsAtOnce) {
    const Floats16 values = LoadFirst(x + k, count - k);
    for (int i = 0; i < 4; ++i) {
      largest[i] = vmaxq_u32(largest[i], vandq_u32(vreinterpretq_u32_f32(values.part[i]), magnitude));
    }
  }
  return vmaxvq_u32(vmaxq_u32(vmaxq_u32(largest[0], largest[1]), vmaxq_u32(largest[2], largest[3])));
}

// 16 values of four vectors of 32-bit ones that fit in 8 bits.
inline int8x16_t Narrow(const int32x4_t (&v)[4]) {
  const int16x8_t low = vcombine_s16(vmovn_s32(v[0]), vmovn_s32(v[1]));
  const int16x8_t high = vcombine_s16(vmovn_s32(v[2]), vmovn_s32(v[3]));
  return vcombine_s8(vmovn_s16(low), vmovn_s16(high));
}

[[maybe_unused]] bool QuantizeInt8(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  const uint32_t bits = FindAbsmaxBits(x, count);
  if (!IsFinite(bits)) return false;
  const float s = ScaleOf(bits);
  const float32x4_t scale = vdupq_n_f32(s);
  int32x4_t sum = vdupq_n_s32(0);
  for (int64_t k = 0; k < count; k += kFloatsAtOnce) {
    const Floats16 values = LoadFirst(x + k, count - k);
    int32x4_t v[4];
    for (int i = 0; i < 4; ++i) {
      v[i] = vcvtnq_s32_f32(vmulq_f32(values.part[i], scale));  // half to even
      sum = vaddq_s32(sum, v[i]);
    }
    StoreFirst(q + k, count - k, Narrow(v));
  }
  *inv_scale = 1.0f / s;
  *q_sum = vaddvq_s32(sum);
  return true;
}

// -1 in each byte whose value is negative, else 0. -0.0 is not negative.
inline int8x16_t FindNegative(const Floats16& values) {
  int32x4_t v[4];
  for (int i = 0; i < 4; ++i) v[i] = vreinterpretq_s32_u32(vcltzq_f32(values.part[i]));
  return Narrow(v);
}

[[maybe_unused]] bool QuantizeSign(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum) {
  if (!IsFinite(FindAbsmaxBits(x, count))) return false;
  int32_t negatives = 0;
  for (int64_t k = 0; k < count; k += kFloatsAtOnce) {
    const int8x16_t negative = FindNegative(LoadFirst(x + k, count - k));
    negatives -= vaddvq_s8(negative);
    StoreFirst(q + k, count - k, vorrq_s8(negative, vdupq_n_s8(1)));
  }
  *inv_scale = 1.0f;
  *q_sum = static_cast<int32_t>(count) - 2 * negatives;
  return true;
}

}  // namespace
}  // namespace bitmatmul
