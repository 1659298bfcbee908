// CustomGroupQueryAttention in portable loops: gqa_rows.h. Where the baseline lacks a fused multiply-add, fmaf is a
// call.
#include <math.h>

#include <cstdint>
#include <cstring>

#include "kernels/canonical_nan.h"
#include "kernels/unrolled.h"

namespace bitmatmul {
namespace {

struct Vec {
  float lanes[16];
};

// out: f of each lane of as many vectors as it takes.
template <class F, class... Vecs>
inline Vec EachLane(F f, const Vecs&... v) {
  Vec out;
  for (int i = 0; i < 16; ++i) out.lanes[i] = f(v.lanes[i]...);
  return out;
}

inline Vec Each(float x) {
  Vec out;
  for (float& lane : out.lanes) lane = x;
  return out;
}
inline Vec Zero() { return Each(0); }
inline Vec Load(const float* p) {
  Vec out;
  memcpy(out.lanes, p, sizeof(out.lanes));
  return out;
}
inline void Store(float* p, const Vec& v) { memcpy(p, v.lanes, sizeof(v.lanes)); }
inline Vec Add(const Vec& a, const Vec& b) {
  return EachLane([](float x, float y) { return x + y; }, a, b);
}
inline Vec Subtract(const Vec& a, const Vec& b) {
  return EachLane([](float x, float y) { return x - y; }, a, b);
}
inline Vec Multiply(const Vec& a, const Vec& b) {
  return EachLane([](float x, float y) { return x * y; }, a, b);
}
inline Vec Fma(const Vec& a, const Vec& b, const Vec& c) {
  return EachLane([](float x, float y, float z) { return fmaf(x, y, z); }, a, b, c);
}
inline Vec Max(const Vec& a, const Vec& b) {
  return EachLane([](float x, float y) { return x > y ? x : y; }, a, b);
}
inline Vec Round(const Vec& v) {
  return EachLane([](float x) { return rintf(x); }, v);
}
inline Vec PowerOfTwo(const Vec& n) {
  return EachLane(
      [](float x) {
        // Other numbers' conversion may be undefined.
        const uint32_t bits = x >= -126 && x <= 0 ? static_cast<uint32_t>(static_cast<int32_t>(x) + 127) << 23 : 0;
        float value;
        memcpy(&value, &bits, sizeof(value));
        return value;
      },
      n);
}
inline Vec ZeroBelow(const Vec& x, float limit, const Vec& v) {
  return EachLane([limit](float a, float b) { return a < limit ? 0.0f : b; }, x, v);
}
inline Vec KeepFirst(const Vec& v, int64_t count, const Vec& other) {
  Vec out;
  for (int i = 0; i < 16; ++i) out.lanes[i] = i < count ? v.lanes[i] : other.lanes[i];
  return out;
}
inline Vec Canonical(const Vec& v) {
  return EachLane([](float x) { return x == x ? x : CanonicalNaN(); }, v);
}
inline float SumUp(Vec v) {
  for (int half = 8; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) v.lanes[i] = v.lanes[i] + v.lanes[i + half];
  }
  return v.lanes[0];
}
inline float Largest(const Vec& v) {
  float largest = v.lanes[0];
  for (const float lane : v.lanes) largest = lane > largest ? lane : largest;
  return largest;
}

inline void Prefetch(const float*) {}

constexpr int64_t kTranspose = 1;

template <int64_t kStride>
inline void TransposeTo(const float* const (&rows)[1], float* out) {
  *out = *rows[0];
}

constexpr int kMostDirectRows = 0;
constexpr int kMostRows = 1;
template <int kRows>
constexpr int kScoreVecs = 1;
template <int kRows>
constexpr int kValueVecs = 1;

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/gqa_rows.h"

namespace bitmatmul {

extern const GqaKernelCode kScalarGqa;
const GqaKernelCode kScalarGqa = kGqaCode;

}  // namespace bitmatmul
