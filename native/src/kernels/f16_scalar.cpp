// CustomMatMulF16 in portable loops: f16_rows.h. Where the baseline lacks a fused multiply-add, fmaf is a call.
#include <math.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

struct Sixteen {
  float values[16];
};

template <int kRows>
constexpr int kStreams = 1;
constexpr int kMostRows = 4;

inline Sixteen ZeroSixteen() { return {}; }

// The number that the bits of a float16 stand for.
inline float ToFloat(uint16_t half) {
  const uint32_t sign = (half & 0x8000u) << 16;
  const uint32_t exponent = half >> 10 & 31u;
  const uint32_t fraction = half & 0x3ffu;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * (1.0f / 16777216);
    return sign == 0 ? magnitude : -magnitude;
  }
  const uint32_t bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}

inline Sixteen LoadFirstWeights(const uint16_t* p, int64_t count) {
  Sixteen w{};
  for (int64_t i = 0; i < count; ++i) w.values[i] = ToFloat(p[i]);
  return w;
}
inline Sixteen LoadWeights(const uint16_t* p) { return LoadFirstWeights(p, 16); }
inline Sixteen LoadFirstX(const float* p, int64_t count) {
  Sixteen x{};
  memcpy(x.values, p, static_cast<size_t>(count) * sizeof(*p));
  return x;
}
inline Sixteen LoadX(const float* p) { return LoadFirstX(p, 16); }
inline Sixteen Fma(const Sixteen& w, const Sixteen& x, const Sixteen& sum) {
  Sixteen result;
  for (int i = 0; i < 16; ++i) result.values[i] = fmaf(w.values[i], x.values[i], sum.values[i]);
  return result;
}
inline void Prefetch(const char*) {}

inline float SumUp(Sixteen sums) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) sums.values[i] = sums.values[i] + sums.values[i + half];
  }
  return sums.values[0];
}

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/f16_rows.h"

namespace bitmatmul {

extern const F16KernelCode kScalarF16;
const F16KernelCode kScalarF16 = {&MultiplyF16};

}  // namespace bitmatmul
