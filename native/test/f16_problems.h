// Seeded random problems of CustomMatMulF16 and the oracle: the contract in plain loops, written apart from the
// library.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bitmatmul/f16.h"

namespace bitmatmul::test {

struct F16Problem {
  bitmatmul_f16_spec spec;
  int64_t m;
  std::vector<uint16_t> weights;
  std::vector<float> x;  // [m][k]

  // Views of these vectors.
  bitmatmul_f16_problem View() const;
  std::string Describe() const;
};

// Rows of weights of several kinds: like those of models, any finite bits, subnormal ones, zeros of both signs, and
// with a NaN or an infinity among them; activations as FillRow has them.
F16Problem MakeF16Problem(const bitmatmul_f16_spec& spec, int64_t m, std::mt19937_64& random);

// Y, [m][n].
std::vector<float> F16Oracle(const F16Problem& problem);

}  // namespace bitmatmul::test
