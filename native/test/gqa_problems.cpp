#include "gqa_problems.h"

#include <cmath>
#include <limits>
#include <sstream>

#include "problems.h"

namespace bitmatmul::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

float Canonical(float value) { return std::isnan(value) ? kNaN : value; }

size_t At(int64_t index) { return static_cast<size_t>(index); }

float Exp(float x) {
  if (x < -87) return 0;
  const float n = std::nearbyint(x * 1.44269504f);
  float r = std::fma(n, -0.693359375f, x);
  r = std::fma(n, 2.12194440e-4f, r);
  float p = 1.9875691500e-4f;
  p = std::fma(p, r, 1.3981999507e-3f);
  p = std::fma(p, r, 8.3334519073e-3f);
  p = std::fma(p, r, 4.1665795894e-2f);
  p = std::fma(p, r, 1.6666665459e-1f);
  p = std::fma(p, r, 5.0000001201e-1f);
  const float square = r * r;
  const float e = std::fma(p, square, r) + 1;
  return std::isnan(e) ? kNaN : std::ldexp(e, static_cast<int>(n));
}

// Input i of the three, of head h of a token.
const float* Input(const GqaProblem& p, int64_t b, int64_t token, int i, int64_t h) {
  const GqaSizes& s = p.sizes;
  const int64_t row = b * s.tokens + token, q = s.heads * s.head_dim, kv = s.kv_heads * s.head_dim;
  if (s.packed) return p.query.data() + row * (q + 2 * kv) + (i == 0 ? 0 : q + (i - 1) * kv) + h * s.head_dim;
  const std::vector<float>& from = i == 0 ? p.query : i == 1 ? p.key : p.value;
  return from.data() + row * (i == 0 ? q : kv) + h * s.head_dim;
}

std::vector<float> Rotate(const GqaProblem& p, int64_t position, const float* x) {
  const int64_t half = p.sizes.head_dim / 2;
  std::vector<float> out(At(2 * half));
  for (int64_t d = 0; d < half; ++d) {
    const float cos = p.cos[At(position * half + d)], sin = p.sin[At(position * half + d)];
    const float a = x[d] * cos, b = x[d + half] * sin, c = x[d + half] * cos, e = x[d] * sin;
    out[At(d)] = a - b;
    out[At(d + half)] = c + e;
  }
  return out;
}

// One head of one token over the columns [first, first + count) of keys and values, [columns][head_dim].
void Attend(const std::vector<float>& q, const float* keys, const float* values, int64_t count, float* y) {
  const int64_t dim = static_cast<int64_t>(q.size());
  std::vector<float> e(At(count));
  float m = -INFINITY;
  for (int64_t t = 0; t < count; ++t) {
    float s = 0;
    for (int64_t d = 0; d < dim; ++d) s = std::fma(q[At(d)], keys[t * dim + d], s);
    e[At(t)] = s;
    if (s > m) m = s;
  }
  float l[16] = {};
  for (int64_t t = 0; t < count; ++t) {
    e[At(t)] = Exp(e[At(t)] - m);
    l[t % 16] = l[t % 16] + e[At(t)];
  }
  for (int h = 8; h > 0; h /= 2) {
    for (int j = 0; j < h; ++j) l[j] = l[j] + l[j + h];
  }
  const float factor = 1 / l[0];
  for (int64_t d = 0; d < dim; ++d) {
    float a = 0;
    for (int64_t t = 0; t < count; ++t) a = std::fma(e[At(t)], values[t * dim + d], a);
    y[d] = Canonical(a * factor);
  }
}

float Value(GqaValues values, std::mt19937_64& random) {
  std::normal_distribution<float> normal;
  const float value = normal(random);
  if (values == GqaValues::kUsual) return value;
  switch (random() % 4000) {
    case 0:
      return kNaN;
    case 1:
      return INFINITY;
    case 2:
      return -INFINITY;
    case 3:
      return value * 1e38f;
    case 4:
      return value * 1e-42f;
    case 5:
      return -0.0f;
    case 6:
      return -std::numeric_limits<float>::quiet_NaN();
    default:
      return value;
  }
}

std::vector<float> Values(int64_t count, GqaValues kind, std::mt19937_64& random) {
  std::vector<float> values(At(count));
  for (float& value : values) value = Value(kind, random);
  return values;
}

std::vector<float> Cache(const GqaSizes& s, GqaValues kind, std::mt19937_64& random) {
  std::vector<float> cache;
  for (const int64_t padding : s.padding) {
    for (int64_t i = 0; i < s.kv_heads * s.capacity; ++i) {
      const bool read = i % s.capacity >= padding && i % s.capacity < s.total - s.tokens;
      for (int64_t d = 0; d < s.head_dim; ++d) cache.push_back(read ? Value(kind, random) : kNaN);
    }
  }
  return cache;
}

std::vector<float> Present(const GqaProblem& p, const std::vector<float>& past) {
  const int64_t from = p.sizes.capacity * p.sizes.head_dim, to = p.PresentColumns() * p.sizes.head_dim;
  std::vector<float> present(At(p.Batch() * p.sizes.kv_heads * to));
  for (int64_t i = 0; i < p.Batch() * p.sizes.kv_heads; ++i) {
    for (int64_t j = 0; j < from; ++j) present[At(i * to + j)] = past[At(i * from + j)];
  }
  return present;
}

}  // namespace

bitmatmul_gqa_problem GqaProblem::View() const {
  return {spec, positions, cos.data(), static_cast<int64_t>(cos.size()), sin.data(), static_cast<int64_t>(sin.size())};
}

bitmatmul_gqa_call GqaProblem::Call() const {
  const auto count = [](const auto& values) { return static_cast<int64_t>(values.size()); };
  bitmatmul_gqa_call call{};
  call.batch = Batch();
  call.tokens = sizes.tokens;
  call.total = sizes.total;
  call.past_capacity = sizes.capacity;
  call.query = query.data();
  call.query_count = count(query);
  call.key = sizes.packed ? nullptr : key.data();
  call.key_count = count(key);
  call.value = sizes.packed ? nullptr : value.data();
  call.value_count = count(value);
  call.past_key = past_key.data();
  call.past_key_count = count(past_key);
  call.past_value = past_value.data();
  call.past_value_count = count(past_value);
  call.padding = sizes.padding.data();
  call.padding_count = Batch();
  return call;
}

std::string GqaProblem::Describe() const {
  std::ostringstream text;
  text << "H = " << sizes.heads << ", G = " << sizes.kv_heads << ", D = " << sizes.head_dim << ", S = " << sizes.tokens
       << ", total = " << sizes.total << ", P = " << sizes.capacity << (sizes.packed ? ", packed" : "") << ", padding";
  for (const int64_t padding : sizes.padding) text << " " << padding;
  text << ", seed " << TestSeed();
  return text.str();
}

GqaProblem MakeGqaProblem(const GqaSizes& s, GqaValues kind, std::mt19937_64& random) {
  GqaProblem p;
  p.sizes = s;
  p.spec = {s.heads, s.kv_heads, s.head_dim, 1 / std::sqrt(static_cast<float>(s.head_dim))};
  p.positions = s.total + 3;
  for (int64_t i = 0; i < p.positions * s.head_dim / 2; ++i) {
    const float angle = std::uniform_real_distribution<float>(-4, 4)(random);
    p.cos.push_back(std::cos(angle));
    p.sin.push_back(std::sin(angle));
  }
  const int64_t rows = p.Batch() * s.tokens, q = s.heads * s.head_dim, kv = s.kv_heads * s.head_dim;
  p.query = Values(rows * (s.packed ? q + 2 * kv : q), kind, random);
  p.key = Values(s.packed ? 0 : rows * kv, kind, random);
  p.value = Values(s.packed ? 0 : rows * kv, kind, random);
  p.past_key = Cache(s, kind, random);
  p.past_value = Cache(s, kind, random);
  return p;
}

GqaResult GqaOracle(const GqaProblem& p) {
  const GqaSizes& s = p.sizes;
  const int64_t dim = s.head_dim, capacity = p.PresentColumns();
  GqaResult out;
  out.present_key = Present(p, p.past_key);
  out.present_value = Present(p, p.past_value);
  out.y.resize(At(p.Batch() * s.tokens * s.heads * dim));
  for (int64_t b = 0; b < p.Batch(); ++b) {
    const int64_t f = s.padding[At(b)];
    for (int64_t i = 0; i < s.tokens; ++i) {
      const int64_t c = s.total - s.tokens + i;
      for (int64_t g = 0; g < s.kv_heads; ++g) {
        const int64_t to = ((b * s.kv_heads + g) * capacity + c) * dim;
        const std::vector<float> key = c < f ? std::vector<float>(At(dim)) : Rotate(p, c - f, Input(p, b, i, 1, g));
        for (int64_t d = 0; d < dim; ++d) {
          out.present_key[At(to + d)] = Canonical(key[At(d)]);
          out.present_value[At(to + d)] = c < f ? 0 : Canonical(Input(p, b, i, 2, g)[d]);
        }
      }
    }
    for (int64_t i = 0; i < s.tokens; ++i) {
      const int64_t c = s.total - s.tokens + i;
      if (c < f) continue;
      for (int64_t h = 0; h < s.heads; ++h) {
        std::vector<float> query = Rotate(p, c - f, Input(p, b, i, 0, h));
        for (float& value : query) value = value * p.spec.scale;
        const int64_t from = ((b * s.kv_heads + h / (s.heads / s.kv_heads)) * capacity + f) * dim;
        Attend(query, out.present_key.data() + from, out.present_value.data() + from, c - f + 1,
               out.y.data() + ((b * s.tokens + i) * s.heads + h) * dim);
      }
    }
  }
  return out;
}

}  // namespace bitmatmul::test
