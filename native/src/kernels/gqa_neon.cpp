// CustomGroupQueryAttention with NEON: gqa_rows.h. 16 floats are four vectors.
#include <arm_neon.h>

#include <cstdint>

#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

struct Vec {
  float32x4_t parts[4];
};

template <class F, class... Vecs>
inline Vec EachPart(F f, const Vecs&... v) {
  return {{f(v.parts[0]...), f(v.parts[1]...), f(v.parts[2]...), f(v.parts[3]...)}};
}

inline Vec Each(float x) { return {{vdupq_n_f32(x), vdupq_n_f32(x), vdupq_n_f32(x), vdupq_n_f32(x)}}; }
inline Vec Zero() { return Each(0); }
inline Vec Load(const float* p) { return {{vld1q_f32(p), vld1q_f32(p + 4), vld1q_f32(p + 8), vld1q_f32(p + 12)}}; }
inline void Store(float* p, const Vec& v) {
  BITMATMUL_UNROLLED for (int i = 0; i < 4; ++i) vst1q_f32(p + 4 * i, v.parts[i]);
}
inline Vec Add(const Vec& a, const Vec& b) {
  return EachPart([](float32x4_t x, float32x4_t y) { return vaddq_f32(x, y); }, a, b);
}
inline Vec Subtract(const Vec& a, const Vec& b) {
  return EachPart([](float32x4_t x, float32x4_t y) { return vsubq_f32(x, y); }, a, b);
}
inline Vec Multiply(const Vec& a, const Vec& b) {
  return EachPart([](float32x4_t x, float32x4_t y) { return vmulq_f32(x, y); }, a, b);
}
inline Vec Fma(const Vec& a, const Vec& b, const Vec& c) {
  return EachPart([](float32x4_t x, float32x4_t y, float32x4_t z) { return vfmaq_f32(z, x, y); }, a, b, c);
}
// What comes of a product and a sum is a quiet NaN, which this ignores.
inline Vec Max(const Vec& a, const Vec& b) {
  return EachPart([](float32x4_t x, float32x4_t y) { return vmaxnmq_f32(x, y); }, a, b);
}
inline Vec Round(const Vec& v) {
  return EachPart([](float32x4_t x) { return vrndnq_f32(x); }, v);
}
inline Vec PowerOfTwo(const Vec& n) {
  return EachPart(
      [](float32x4_t x) {
        return vreinterpretq_f32_s32(vshlq_n_s32(vaddq_s32(vcvtq_s32_f32(x), vdupq_n_s32(127)), 23));
      },
      n);
}
inline Vec ZeroBelow(const Vec& x, float limit, const Vec& v) {
  const float32x4_t l = vdupq_n_f32(limit);
  return EachPart(
      [l](float32x4_t a, float32x4_t b) {
        return vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(b), vcltq_f32(a, l)));
      },
      x, v);
}
inline Vec KeepFirst(const Vec& v, int64_t count, const Vec& other) {
  const int32_t numbers[4] = {0, 1, 2, 3};
  const int32x4_t lanes = vld1q_s32(numbers);
  Vec out;
  BITMATMUL_UNROLLED for (int i = 0; i < 4; ++i) {
    const uint32x4_t kept = vcltq_s32(lanes, vdupq_n_s32(static_cast<int32_t>(count) - 4 * i));
    out.parts[i] = vbslq_f32(kept, v.parts[i], other.parts[i]);
  }
  return out;
}
inline Vec Canonical(const Vec& v) {
  const float32x4_t nan = vreinterpretq_f32_u32(vdupq_n_u32(0x7fc00000u));
  return EachPart([nan](float32x4_t x) { return vbslq_f32(vceqq_f32(x, x), x, nan); }, v);
}
inline float SumUp(const Vec& v) {
  const float32x4_t four = vaddq_f32(vaddq_f32(v.parts[0], v.parts[2]), vaddq_f32(v.parts[1], v.parts[3]));
  const float32x2_t two = vadd_f32(vget_low_f32(four), vget_high_f32(four));
  return vget_lane_f32(two, 0) + vget_lane_f32(two, 1);
}
inline float Largest(const Vec& v) {
  return vmaxvq_f32(vmaxq_f32(vmaxq_f32(v.parts[0], v.parts[1]), vmaxq_f32(v.parts[2], v.parts[3])));
}

// As in f16_neon.cpp.
inline void Prefetch(const float*) {}

constexpr int64_t kTranspose = 4;

template <int64_t kStride>
inline void TransposeTo(const float* const (&rows)[4], float* out) {
  const float32x4_t r0 = vld1q_f32(rows[0]), r1 = vld1q_f32(rows[1]), r2 = vld1q_f32(rows[2]), r3 = vld1q_f32(rows[3]);
  const float32x4_t even02 = vzip1q_f32(r0, r2), odd02 = vzip2q_f32(r0, r2);
  const float32x4_t even13 = vzip1q_f32(r1, r3), odd13 = vzip2q_f32(r1, r3);
  vst1q_f32(out, vzip1q_f32(even02, even13));
  vst1q_f32(out + kStride, vzip2q_f32(even02, even13));
  vst1q_f32(out + 2 * kStride, vzip1q_f32(odd02, odd13));
  vst1q_f32(out + 3 * kStride, vzip2q_f32(odd02, odd13));
}

// Sums are 4 * rows * vectors: half of the registers.
constexpr int kMostDirectRows = 0;
constexpr int kMostRows = 4;
template <int kRows>
constexpr int kScoreVecs = kRows == 4   ? 1
                           : kRows == 2 ? 2
                                        : 3;
template <int kRows>
constexpr int kValueVecs = kRows == 4   ? 1
                           : kRows == 2 ? 2
                                        : 4;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/gqa_rows.h"

namespace bitmatmul {

extern const GqaKernelCode kNeonGqa;
const GqaKernelCode kNeonGqa = kGqaCode;

}  // namespace bitmatmul
