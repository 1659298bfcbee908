// CustomMatMulF16 in portable loops: f16_rows.h. Where the baseline lacks a fused multiply-add, fmaf is a call.
#include <math.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

using Vec = float;
constexpr int kParts = 16;

template <int kRows>
constexpr int kStreams = 1;
constexpr int kMostRows = 4;

inline Vec Zero() { return 0; }

inline Vec LoadWeights(const uint16_t* p) {
  const uint32_t sign = (*p & 0x8000u) << 16;
  const uint32_t exponent = *p >> 10 & 31u;
  const uint32_t fraction = *p & 0x3ffu;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * (1.0f / 16777216);
    return sign == 0 ? magnitude : -magnitude;
  }
  const uint32_t bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
  float value;
  memcpy(&value, &bits, sizeof(value));
  return value;
}
inline Vec LoadX(const float* p) { return *p; }
inline Vec Fma(Vec w, Vec x, Vec sum) { return fmaf(w, x, sum); }
inline void Prefetch(const char*) {}

inline float SumUp(Vec (&sums)[16]) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) sums[i] = sums[i] + sums[i + half];
  }
  return sums[0];
}

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/f16_rows.h"

namespace bitmatmul {

extern const F16KernelCode kScalarF16;
const F16KernelCode kScalarF16 = {&MultiplyF16};

}  // namespace bitmatmul
