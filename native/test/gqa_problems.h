// Seeded random problems of CustomGroupQueryAttention and the oracle: the contract in plain loops, written apart from
// the library.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "bitmatmul/gqa.h"

namespace bitmatmul::test {

struct GqaSizes {
  int64_t heads, kv_heads, head_dim;
  int64_t tokens, total, capacity;
  std::vector<int64_t> padding;
  bool packed;
};

struct GqaProblem {
  bitmatmul_gqa_spec spec;
  int64_t positions;
  std::vector<float> cos, sin;
  GqaSizes sizes;
  std::vector<float> query, key, value, past_key, past_value;

  int64_t Batch() const { return static_cast<int64_t>(sizes.padding.size()); }
  int64_t PresentColumns() const { return sizes.capacity > sizes.total ? sizes.capacity : sizes.total; }
  // Views of these vectors.
  bitmatmul_gqa_problem View() const;
  // Outputs are NULL.
  bitmatmul_gqa_call Call() const;
  std::string Describe() const;
};

struct GqaResult {
  std::vector<float> y, present_key, present_value;
};

// Values that random tests need: what a model has, or also odd ones, of which scores and sums become infinite or NaN.
enum class GqaValues { kUsual, kOdd };

// NaNs are wherever nothing may be read: cached columns of padding, and those from total on.
GqaProblem MakeGqaProblem(const GqaSizes& sizes, GqaValues values, std::mt19937_64& random);

GqaResult GqaOracle(const GqaProblem& problem);

}  // namespace bitmatmul::test
