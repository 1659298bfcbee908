// What a kernel of CustomMatMulF16 is: the arguments it gets and the function it consists of. Plain data, as in
// kernel.h.
#pragma once

#include <cstdint>

namespace bitmatmul {

// One problem with rows of X.
struct F16Args {
  int64_t n;
  int64_t k;
  const uint16_t* weights;  // [n][k]
  const float* x;           // [m][k]
  float* y;                 // [m][n]
};

// Computes y for the outputs [n_begin, n_end) of the rows [row_begin, row_end) of X.
using F16MultiplyFn = void (*)(const F16Args& args, int64_t n_begin, int64_t n_end, int64_t row_begin, int64_t row_end);

struct F16KernelCode {
  F16MultiplyFn multiply;
};

}  // namespace bitmatmul
