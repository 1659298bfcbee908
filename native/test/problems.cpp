#include "problems.h"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <sstream>

namespace bitmatmul::test {
namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();
const float kInfinity = std::numeric_limits<float>::infinity();

uint32_t Bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

int64_t Below(int64_t limit, std::mt19937_64& random) {
  return static_cast<int64_t>(random() % static_cast<uint64_t>(limit));
}

// One byte of a packed word out of its weights, -1..1.
uint32_t PackByte(int32_t packing, const int* w) {
  uint32_t byte = 0;
  switch (packing) {
    case BITMATMUL_BINARY32:
      for (int i = 0; i < 8; ++i) byte |= static_cast<uint32_t>(w[i] > 0) << i;
      return byte;
    case BITMATMUL_TERNARY16:
      for (int i = 0; i < 4; ++i) byte |= static_cast<uint32_t>(w[i] + 1) << (2 * i);
      return byte;
    default:
      for (int i = 0; i < 5; ++i) byte = 3 * byte + static_cast<uint32_t>(w[i] + 1);
      return (256 * byte + 242) / 243;
  }
}

// What stands where no weight is: any code, also the invalid one of ternary16.
int GarbageWeight(int32_t packing, std::mt19937_64& random) {
  if (packing == BITMATMUL_BINARY32) return random() % 2 == 0 ? -1 : 1;
  return static_cast<int>(random() % (packing == BITMATMUL_TERNARY16 ? 4 : 3)) - 1;
}

int8_t RandomWeight(const bitmatmul_spec& spec, std::mt19937_64& random) {
  if (spec.packing == BITMATMUL_BINARY32) return random() % 2 == 0 ? -1 : 1;
  return static_cast<int8_t>(static_cast<int>(random() % 3) - 1);
}

// -1 or +1 at position i of a row: rows of one sign alone make the largest sums there are, others a few exceptions.
int ExtremeSign(int64_t row, std::mt19937_64& random) {
  const int sign = row % 2 == 0 ? 1 : -1;
  return row % 4 >= 2 && random() % 8 == 0 ? -sign : sign;
}

}  // namespace

float Normal(std::mt19937_64& random) {
  // Not std::normal_distribution, whose numbers differ between standard libraries.
  double sum = 0;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(random() >> 11) * 0x1.0p-53;
  return static_cast<float>(sum - 6);
}

void FillRow(float* x, int64_t k, int64_t row, std::mt19937_64& random) {
  const float magnitudes[] = {1.0f, 1e-7f, 3e38f / 8, 40.0f};
  const float magnitude = magnitudes[random() % 4];
  for (int64_t i = 0; i < k; ++i) x[i] = Normal(random) * magnitude;
  switch (row % 7) {
    case 2:  // ties: with a maximum of 127, s is 1 up to rounding
      for (int64_t i = 0; i < k; ++i) x[i] = static_cast<float>(Below(255, random) - 127) + 0.5f;
      x[Below(k, random)] = 127.0f;
      break;
    case 3:
      for (int64_t i = 0; i < k; ++i) x[i] = i % 2 == 0 ? 0.0f : -0.0f;
      break;
    case 4:
      x[Below(k, random)] = random() % 2 == 0 ? kNaN : -kNaN;
      break;
    case 5:
      x[Below(k, random)] = random() % 2 == 0 ? kInfinity : -kInfinity;
      break;
    case 6:
      x[Below(k, random)] = std::numeric_limits<float>::denorm_min();
      break;
    default:
      break;
  }
}

uint64_t TestSeed() {
  const char* value = getenv("BITMATMUL_TEST_SEED");
  return value == nullptr ? 20260101 : strtoull(value, nullptr, 10);
}

bitmatmul_problem Problem::View() const {
  bitmatmul_problem p{};
  p.spec = spec;
  p.weights = packed.data();
  p.weight_count = static_cast<int64_t>(packed.size());
  p.scale = scale.data();
  p.scale_count = static_cast<int64_t>(scale.size());
  p.bias = bias.empty() ? nullptr : bias.data();
  p.bias_count = static_cast<int64_t>(bias.size());
  return p;
}

std::string Problem::Describe() const {
  std::ostringstream text;
  text << "M = " << m << ", N = " << spec.n << ", K = " << spec.k << ", packing "
       << bitmatmul_packing_name(spec.packing) << ", activation " << bitmatmul_activation_name(spec.activation)
       << ", block_size " << spec.block_size << ", " << scale.size() << " scales, " << (bias.empty() ? "no " : "")
       << "bias, seed " << TestSeed();
  return text.str();
}

std::vector<int32_t> Pack(const bitmatmul_spec& spec, const std::vector<int8_t>& weights, std::mt19937_64& random) {
  const int64_t per_word = bitmatmul_weights_per_word(spec.packing);
  const int64_t tiles = (spec.n + 15) / 16;
  const int64_t words = (spec.k + per_word - 1) / per_word;
  std::vector<int32_t> packed(static_cast<size_t>(tiles * words * 16));
  for (int64_t i = 0; i < tiles * words * 16; ++i) {
    const int64_t n = i / (16 * words) * 16 + i % 16;
    const int64_t b = i / 16 % words;
    uint32_t word = 0;
    for (int c = 0; c < 4; ++c) {
      int w[8];
      for (int j = 0; j < per_word / 4; ++j) {
        const int64_t k = per_word * b + 4 * j + c;
        const bool real = n < spec.n && k < spec.k;
        w[j] = real ? weights[static_cast<size_t>(n * spec.k + k)] : GarbageWeight(spec.packing, random);
      }
      word |= PackByte(spec.packing, w) << (8 * c);
    }
    memcpy(&packed[static_cast<size_t>(i)], &word, sizeof(word));
  }
  return packed;
}

Problem MakeProblem(const bitmatmul_spec& spec, int64_t m, Fill fill, std::mt19937_64& random) {
  Problem p{spec, m, {}, {}, {}, {}, {}};
  p.weights.resize(static_cast<size_t>(spec.n * spec.k));
  for (size_t i = 0; i < p.weights.size(); ++i) {
    const int64_t row = static_cast<int64_t>(i) / spec.k;
    p.weights[i] = fill == Fill::kExtreme ? static_cast<int8_t>(ExtremeSign(row, random)) : RandomWeight(spec, random);
  }
  p.packed = Pack(spec, p.weights, random);
  const int64_t tiles = (spec.n + 15) / 16;
  const int64_t scales = spec.block_size > 0 ? tiles * 16 * (spec.k / spec.block_size) : random() % 2 == 0 ? 1 : spec.n;
  for (int64_t i = 0; i < scales; ++i) p.scale.push_back(Normal(random));
  for (int64_t i = 0; i < spec.n && random() % 4 != 0; ++i) p.bias.push_back(Normal(random));
  if (static_cast<int64_t>(p.bias.size()) != spec.n) p.bias.clear();
  p.x.resize(static_cast<size_t>(m * spec.k));
  for (int64_t row = 0; row < m; ++row) {
    float* x = p.x.data() + row * spec.k;
    if (fill == Fill::kRandom) FillRow(x, spec.k, row, random);
    for (int64_t k = 0; k < spec.k && fill == Fill::kExtreme; ++k) x[k] = static_cast<float>(ExtremeSign(row, random));
  }
  return p;
}

bool OracleQuantize(const float* x, int64_t count, int32_t activation, int8_t* q, float* s) {
  float a = 0;
  for (int64_t k = 0; k < count; ++k) {
    if (!std::isfinite(x[k])) return false;
    a = std::max(a, std::fabs(x[k]));
  }
  const float reciprocal = 1.0f / std::max(a, 1e-5f);
  *s = reciprocal * 127.0f;
  for (int64_t k = 0; k < count; ++k) {
    if (activation == BITMATMUL_SIGN) {
      q[k] = x[k] < 0 ? -1 : 1;
    } else {
      const float product = x[k] * *s;
      const double rounded = std::nearbyint(static_cast<double>(product));
      q[k] = static_cast<int8_t>(std::max(-127.0, std::min(127.0, rounded)));
    }
  }
  return true;
}

namespace {

// One group of columns of one row of X against one row of weights, scaled.
float OracleGroup(const Problem& p, int64_t n, int64_t group, int64_t columns, const int8_t* q, float s) {
  int64_t acc = 0;
  for (int64_t k = group * columns; k < (group + 1) * columns; ++k) {
    acc += p.weights[static_cast<size_t>(n * p.spec.k + k)] * q[k];
  }
  const int64_t groups = p.spec.k / columns;
  const int64_t index = p.spec.block_size > 0 ? (n / 16 * groups + group) * 16 + n % 16 : p.scale.size() == 1 ? 0 : n;
  const float scaled = static_cast<float>(acc) * p.scale[static_cast<size_t>(index)];
  if (p.spec.activation == BITMATMUL_SIGN) return scaled;
  const float inverse = 1.0f / s;
  return scaled * inverse;
}

}  // namespace

std::vector<float> Oracle(const Problem& p) {
  std::vector<float> y(static_cast<size_t>(p.m * p.spec.n));
  const int64_t columns = p.spec.block_size > 0 ? p.spec.block_size : p.spec.k;
  const int64_t groups = p.spec.k / columns;
  std::vector<int8_t> q(static_cast<size_t>(p.spec.k));
  std::vector<float> s(static_cast<size_t>(groups));
  for (int64_t m = 0; m < p.m; ++m) {
    bool finite = true;
    for (int64_t g = 0; g < groups; ++g) {
      finite &= OracleQuantize(&p.x[static_cast<size_t>(m * p.spec.k + g * columns)], columns, p.spec.activation,
                               &q[static_cast<size_t>(g * columns)], &s[static_cast<size_t>(g)]);
    }
    for (int64_t n = 0; n < p.spec.n; ++n) {
      float t = OracleGroup(p, n, 0, columns, q.data(), s[0]);
      if (p.spec.block_size > 0) t = 0.0f + t;
      for (int64_t g = 1; g < groups; ++g) t = t + OracleGroup(p, n, g, columns, q.data(), s[static_cast<size_t>(g)]);
      if (!p.bias.empty()) t = t + p.bias[static_cast<size_t>(n)];
      y[static_cast<size_t>(m * p.spec.n + n)] = !finite || std::isnan(t) ? kNaN : t;
    }
  }
  return y;
}

std::string CompareBits(const Problem& p, const std::vector<float>& wanted, const float* found) {
  return CompareRows(p.spec.n, wanted, found);
}

std::string CompareRows(int64_t row_length, const std::vector<float>& wanted, const float* found) {
  size_t differences = 0;
  std::ostringstream first;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (Bits(wanted[i]) == Bits(found[i])) continue;
    if (differences++ > 0) continue;
    const size_t n = static_cast<size_t>(row_length);
    first << "first at [m=" << i / n << ", n=" << i % n << "]: found " << found[i] << " (0x" << std::hex
          << Bits(found[i]) << "), wanted " << wanted[i] << " (0x" << Bits(wanted[i]) << ")";
  }
  if (differences == 0) return "";
  return std::to_string(differences) + " of " + std::to_string(wanted.size()) + " values differ, " + first.str();
}

}  // namespace bitmatmul::test
