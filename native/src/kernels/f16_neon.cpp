// CustomMatMulF16 with NEON: f16_rows.h. 16 sums are four vectors.
#include <arm_neon.h>

#include <cstdint>
#include <cstring>

namespace bitmatmul {
namespace {

struct Sixteen {
  float32x4_t fours[4];
};

// Accumulators are 4 * streams * rows: half of the registers.
template <int kRows>
constexpr int kStreams = kRows == 1   ? 4
                         : kRows == 2 ? 2
                                      : 1;
constexpr int kMostRows = 4;

inline Sixteen ZeroSixteen() { return {{vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)}}; }
inline Sixteen LoadWeights(const uint16_t* p) {
  Sixteen w;
  for (int i = 0; i < 4; ++i) w.fours[i] = vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p + 4 * i)));
  return w;
}
inline Sixteen LoadFirstWeights(const uint16_t* p, int64_t count) {
  uint16_t first[16] = {};
  memcpy(first, p, static_cast<size_t>(count) * sizeof(*p));
  return LoadWeights(first);
}
inline Sixteen LoadX(const float* p) { return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}}; }
inline Sixteen LoadFirstX(const float* p, int64_t count) {
  float first[16] = {};
  memcpy(first, p, static_cast<size_t>(count) * sizeof(*p));
  return LoadX(first);
}
inline Sixteen Fma(const Sixteen& w, const Sixteen& x, const Sixteen& sum) {
  Sixteen result;
  for (int i = 0; i < 4; ++i) result.fours[i] = vfmaq_f32(sum.fours[i], w.fours[i], x.fours[i]);
  return result;
}
// Not prefetched, as in nbits_neon.h: how far ahead no ARM has been timed for.
inline void Prefetch(const char*) {}

inline float SumUp(const Sixteen& sums) {
  const float32x4_t low = vaddq_f32(sums.fours[0], sums.fours[2]);
  const float32x4_t high = vaddq_f32(sums.fours[1], sums.fours[3]);
  const float32x4_t four = vaddq_f32(low, high);
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
