#include "nbits_problems.h"

#include <cmath>
#include <limits>
#include <sstream>

#include "problems.h"

namespace bitmatmul::test {
namespace {

int64_t Columns(const bitmatmul_nbits_spec& spec) { return spec.block_size == 0 ? spec.k : spec.block_size; }

int64_t WeightAt(const NBitsProblem& p, int64_t n, int64_t k) {
  if (p.spec.bits == 8) return int64_t{p.weights[static_cast<size_t>(n * p.spec.k + k)]} - 128;
  const int pair = p.weights[static_cast<size_t>(n * p.spec.k / 2 + k / 2)];
  return (k % 2 == 0 ? pair & 15 : pair >> 4) - 8;
}

bool Quantize(const float* x, int64_t count, std::vector<int64_t>* q, float* s) {
  float a = 0;
  for (int64_t k = 0; k < count; ++k) {
    if (!std::isfinite(x[k])) return false;
    a = std::max(a, std::fabs(x[k]));
  }
  const float reciprocal = 1.0f / std::max(a, 1e-30f);
  *s = reciprocal * 16319.0f;
  q->clear();
  for (int64_t k = 0; k < count; ++k) {
    const float product = x[k] * *s;
    q->push_back(static_cast<int64_t>(std::nearbyint(static_cast<double>(product))));
  }
  return true;
}

float Element(const NBitsProblem& p, int64_t n, const std::vector<int64_t>& q, float s) {
  const int64_t columns = Columns(p.spec), blocks = p.spec.k / columns;
  float t = 0;
  for (int64_t g = 0; g < blocks; ++g) {
    int64_t acc = 0;
    for (int64_t k = g * columns; k < (g + 1) * columns; ++k) acc += WeightAt(p, n, k) * q[static_cast<size_t>(k)];
    const float scaled = static_cast<float>(acc) * p.scale[static_cast<size_t>(n * blocks + g)];
    t = p.spec.block_size == 0 ? scaled : t + scaled;
  }
  const float inverse = 1.0f / s;
  const float y = t * inverse;
  return std::isnan(y) ? std::numeric_limits<float>::quiet_NaN() : y;
}

}  // namespace

bitmatmul_nbits_problem NBitsProblem::View() const {
  return {spec, weights.data(), static_cast<int64_t>(weights.size()), scale.data(), static_cast<int64_t>(scale.size())};
}

std::string NBitsProblem::Describe() const {
  std::ostringstream text;
  text << "M = " << m << ", N = " << spec.n << ", K = " << spec.k << ", bits " << spec.bits << ", block_size "
       << spec.block_size << ", seed " << TestSeed();
  return text.str();
}

NBitsProblem MakeNBitsProblem(const bitmatmul_nbits_spec& spec, int64_t m, bool extreme, std::mt19937_64& random) {
  NBitsProblem p{spec, m, {}, {}, {}};
  const size_t row_bytes = static_cast<size_t>(bitmatmul_nbits_row_bytes(&spec));
  for (size_t i = 0; i < static_cast<size_t>(spec.n) * row_bytes; ++i) {
    // Rows of the least, then of the greatest weight.
    p.weights.push_back(static_cast<uint8_t>(!extreme ? random() : i / row_bytes % 2 == 0 ? 0 : 0xff));
  }
  const int64_t scales = spec.n * (spec.k / Columns(spec));
  for (int64_t i = 0; i < scales; ++i) p.scale.push_back(Normal(random));
  p.x.resize(static_cast<size_t>(m * spec.k));
  for (int64_t row = 0; row < m; ++row) {
    float* x = p.x.data() + row * spec.k;
    if (!extreme) FillRow(x, spec.k, row, random);
    // The largest sums, and the largest of low digits: q = 128 h - 64.
    const float values[] = {1.0f, -1.0f, -64.0f / 16319.0f};
    for (int64_t k = 0; k < spec.k && extreme; ++k) x[k] = k == 0 ? 1.0f : values[row % 3];
  }
  return p;
}

std::vector<float> NBitsOracle(const NBitsProblem& p) {
  std::vector<float> y;
  std::vector<int64_t> q;
  for (int64_t m = 0; m < p.m; ++m) {
    float s = 0;
    const bool finite = Quantize(p.x.data() + m * p.spec.k, p.spec.k, &q, &s);
    for (int64_t n = 0; n < p.spec.n; ++n) {
      y.push_back(finite ? Element(p, n, q, s) : std::numeric_limits<float>::quiet_NaN());
    }
  }
  return y;
}

std::string CompareBits(const NBitsProblem& p, const std::vector<float>& wanted, const float* found) {
  return CompareRows(p.spec.n, wanted, found);
}

}  // namespace bitmatmul::test
