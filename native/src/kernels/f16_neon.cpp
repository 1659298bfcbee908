// CustomMatMulF16 with NEON: f16_rows.h. 16 sums are four vectors.
#include <arm_neon.h>

#include <cstdint>

namespace bitmatmul {
namespace {

using Vec = float32x4_t;
constexpr int kParts = 4;

// Accumulators are 4 * streams * rows: half of the registers.
template <int kRows>
constexpr int kStreams = kRows == 1   ? 4
                         : kRows == 2 ? 2
                                      : 1;
constexpr int kMostRows = 4;

inline Vec Zero() { return vdupq_n_f32(0); }
inline Vec LoadWeights(const uint16_t* p) { return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p))); }
inline Vec LoadX(const float* p) { return vld1q_f32(p); }
inline Vec Fma(Vec w, Vec x, Vec sum) { return vfmaq_f32(sum, w, x); }
// Not prefetched, as in nbits_neon.h: no ARM has been timed for how far ahead.
inline void Prefetch(const char*) {}

inline float SumUp(const Vec (&sums)[4]) {
  const float32x4_t four = vaddq_f32(vaddq_f32(sums[0], sums[2]), vaddq_f32(sums[1], sums[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/f16_rows.h"

namespace bitmatmul {

extern const F16KernelCode kNeonF16;
const F16KernelCode kNeonF16 = {&MultiplyF16};

}  // namespace bitmatmul
