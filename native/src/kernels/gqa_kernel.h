// What a kernel of CustomGroupQueryAttention is: the arguments it gets and the functions it consists of. Plain data, as
// in kernel.h.
#pragma once

#include <cstdint>

namespace bitmatmul {

// One run. Strides are in floats, from one token to the next.
struct GqaArgs {
  int64_t heads;
  int64_t kv_heads;
  int64_t group;  // heads / kv_heads
  int64_t head_dim;
  float scale;
  const float* cos;  // [positions][head_dim / 2]
  const float* sin;
  int64_t batch;
  int64_t tokens;
  int64_t start;  // the first new token's column
  const float* query;
  int64_t query_stride;
  const float* key;
  const float* value;
  int64_t key_stride;  // of values too
  const int64_t* padding;
  int64_t capacity;
  float* keys;  // [batch][kv_heads][capacity][head_dim]
  float* values;
  float* y;
};

// Tokens [token, token_end) of row b of the batch with the heads of kv head g. Their rows are in the order of tokens,
// the heads of one token together.
struct GqaBlock {
  int64_t b;
  int64_t g;
  int64_t token;
  int64_t token_end;
  float* queries;  // [rows][head_dim]; sums of values take their place
  float* scores;   // [rows][stride]
  int64_t stride;  // a multiple of kGqaPanel, and at least the last row's columns rounded up to one
  float* factors;  // [rows]
  float* panel;    // [head_dim][kGqaPanel], scratch
};

// Columns whose keys a kernel transposes at once, where it does.
constexpr int64_t kGqaPanel = 48;

// Columns that a token sees: its row's first one that is a token up to its own; 0 or less where it is padding itself.
inline int64_t GqaColumns(const GqaArgs& a, int64_t b, int64_t token) { return a.start + token - a.padding[b] + 1; }

struct GqaKernelCode {
  // Writes keys and values of the tokens [token, token_end) into the cache.
  void (*append)(const GqaArgs& args, int64_t b, int64_t g, int64_t token, int64_t token_end);
  // Fills block.queries.
  void (*rotate)(const GqaArgs& args, const GqaBlock& block);
  // Fills block.scores for the columns [column, column_end) among those that a row sees; column is a multiple of
  // kGqaPanel, column_end one too or the last row's end. After these, rows hold anything at all.
  void (*score)(const GqaArgs& args, const GqaBlock& block, int64_t column, int64_t column_end);
  // Makes block.scores of the rows [row, row_end) exponentials, and block.factors one over their sums.
  void (*weigh)(const GqaArgs& args, const GqaBlock& block, int64_t row, int64_t row_end);
  // Writes [d, d_end) of each row's y, both multiples of 16, through block.queries.
  void (*sum_up)(const GqaArgs& args, const GqaBlock& block, int64_t d, int64_t d_end);
};

}  // namespace bitmatmul
