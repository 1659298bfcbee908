#include "f16_problems.h"

#include <cmath>
#include <limits>
#include <sstream>

#include "problems.h"

namespace bitmatmul::test {
namespace {

float Value(uint16_t half) {
  const int exponent = half >> 10 & 31;
  const int fraction = half & 1023;
  const float sign = (half & 0x8000) != 0 ? -1.0f : 1.0f;
  if (exponent == 31) return fraction != 0 ? std::numeric_limits<float>::quiet_NaN() : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                               : std::ldexp(static_cast<float>(1024 + fraction), exponent - 25));
}

uint16_t Finite(std::mt19937_64& random) {
  uint16_t bits;
  do {
    bits = static_cast<uint16_t>(random());
  } while ((bits & 0x7c00) == 0x7c00);
  return bits;
}

uint16_t Weight(int64_t row, std::mt19937_64& random) {
  switch (row % 5) {
    case 1:
      return Finite(random);
    case 2:
      return static_cast<uint16_t>(random() & 0x83ff);
    case 3:
      return static_cast<uint16_t>(random() & 0x8000);
    default:  // 2^-7 to 2, as in models
      return static_cast<uint16_t>((random() & 0x83ff) | (8 + random() % 8) << 10);
  }
}

float Element(const F16Problem& p, int64_t m, int64_t n) {
  float sum[16] = {};
  for (int64_t k = 0; k < (p.spec.k + 15) / 16 * 16; ++k) {
    const bool column = k < p.spec.k;
    const float w = column ? Value(p.weights[static_cast<size_t>(n * p.spec.k + k)]) : 0.0f;
    const float x = column ? p.x[static_cast<size_t>(m * p.spec.k + k)] : 0.0f;
    sum[k % 16] = std::fma(w, x, sum[k % 16]);
  }
  for (int i = 0; i < 8; ++i) sum[i] = sum[i] + sum[i + 8];
  for (int i = 0; i < 4; ++i) sum[i] = sum[i] + sum[i + 4];
  for (int i = 0; i < 2; ++i) sum[i] = sum[i] + sum[i + 2];
  const float y = sum[0] + sum[1];
  return std::isnan(y) ? std::numeric_limits<float>::quiet_NaN() : y;
}

}  // namespace

bitmatmul_f16_problem F16Problem::View() const { return {spec, weights.data(), static_cast<int64_t>(weights.size())}; }

std::string F16Problem::Describe() const {
  std::ostringstream text;
  text << "M = " << m << ", N = " << spec.n << ", K = " << spec.k << ", seed " << TestSeed();
  return text.str();
}

F16Problem MakeF16Problem(const bitmatmul_f16_spec& spec, int64_t m, std::mt19937_64& random) {
  F16Problem p{spec, m, {}, {}};
  const uint16_t odd[] = {0x7c00, 0xfc00, 0x7e00, 0xfc01};
  for (int64_t n = 0; n < spec.n; ++n) {
    for (int64_t k = 0; k < spec.k; ++k) p.weights.push_back(Weight(n, random));
    if (n % 5 == 4) p.weights[p.weights.size() - 1 - random() % static_cast<uint64_t>(spec.k)] = odd[random() % 4];
  }
  p.x.resize(static_cast<size_t>(m * spec.k));
  for (int64_t row = 0; row < m; ++row) FillRow(p.x.data() + row * spec.k, spec.k, row, random);
  return p;
}

std::vector<float> F16Oracle(const F16Problem& p) {
  std::vector<float> y;
  for (int64_t m = 0; m < p.m; ++m) {
    for (int64_t n = 0; n < p.spec.n; ++n) y.push_back(Element(p, m, n));
  }
  return y;
}

}  // namespace bitmatmul::test
