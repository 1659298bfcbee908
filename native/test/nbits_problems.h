// Seeded random problems of CustomMatMulNBits and the oracle: the contract in plain loops, written apart from the
// library.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bitmatmul/nbits.h"

namespace bitmatmul::test {

struct NBitsProblem {
  bitmatmul_nbits_spec spec;
  int64_t m;
  std::vector<uint8_t> weights;
  std::vector<float> scale;
  std::vector<float> x;  // [m][k]

  // Views of these vectors.
  bitmatmul_nbits_problem View() const;
  std::string Describe() const;
};

// Weights and activations at random, or all at the ends of their ranges; rows of zeros, ties, NaN and infinity.
NBitsProblem MakeNBitsProblem(const bitmatmul_nbits_spec& spec, int64_t m, bool extreme, std::mt19937_64& random);

// Y, [m][n].
std::vector<float> NBitsOracle(const NBitsProblem& problem);

// Empty where all bits agree; otherwise the number of differences and the first of them.
std::string CompareBits(const NBitsProblem& problem, const std::vector<float>& wanted, const float* found);

}  // namespace bitmatmul::test
