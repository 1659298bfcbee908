// Seeded random problems and the oracle: the contract in plain loops over unpacked weights, written apart from the
// library.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bitmatmul/matmul.h"

namespace bitmatmul::test {

// What the operands look like.
enum class Fill {
  kRandom,   // weights at random, activations of several magnitudes, rows of zeros, -0.0 and ties
  kExtreme,  // all weights and all activations at the ends of their ranges
};

struct Problem {
  bitmatmul_spec spec;
  int64_t m;
  std::vector<int8_t> weights;  // [n][k]
  std::vector<int32_t> packed;
  std::vector<float> scale;
  std::vector<float> bias;  // empty: none
  std::vector<float> x;     // [m][k]

  // Views of these vectors.
  bitmatmul_problem View() const;
  std::string Describe() const;
};

// The seed of this run: BITMATMUL_TEST_SEED, or a fixed one.
uint64_t TestSeed();

// A problem whose packed words hold garbage in their padding columns and rows.
Problem MakeProblem(const bitmatmul_spec& spec, int64_t m, Fill fill, std::mt19937_64& random);

// Packs weights; padding bits are taken from `random`.
std::vector<int32_t> Pack(const bitmatmul_spec& spec, const std::vector<int8_t>& weights, std::mt19937_64& random);

// Quantizes `count` activations as the contract says. Returns false where one is not finite.
bool OracleQuantize(const float* x, int64_t count, int32_t activation, int8_t* q, float* s);

// Y, [m][n].
std::vector<float> Oracle(const Problem& problem);

// Empty where all bits agree; otherwise the number of differences and the first of them.
std::string CompareBits(const Problem& problem, const std::vector<float>& wanted, const float* found);
std::string CompareRows(int64_t row_length, const std::vector<float>& wanted, const float* found);

// One of several kinds of rows of activations, by the row's number: several magnitudes, ties, zeros, NaN, infinity.
void FillRow(float* x, int64_t k, int64_t row, std::mt19937_64& random);

// A number that is normally distributed, about; the same from every standard library.
float Normal(std::mt19937_64& random);

}  // namespace bitmatmul::test
