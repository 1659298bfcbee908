// What a kernel of CustomMatMulNBits is: the arguments it gets and the two functions it consists of. Plain data, as in
// kernel.h.
#pragma once

#include <cstdint>

namespace bitmatmul {

// Columns that quantized rows are padded to with zeros, and that the layout of 4-bit rows is made of.
constexpr int64_t kNBitsPadding = 256;
// Columns whose even ones stand before their odd ones in quantized rows where bits is 4: a vector of weights holds both
// in the halves of its bytes.
constexpr int64_t kNBitsChunk = 128;

// What a group of quantized activations adds up to: q = 128 * high + low.
struct DigitSums {
  int32_t high;
  int32_t low;
};

// One problem with M quantized rows. A group is a block of block_size columns, or all K.
struct NBitsArgs {
  int64_t n;
  int64_t k;
  int32_t bits;
  int64_t row_bytes;   // of weights
  int64_t block_size;  // 0: one group of K columns
  int64_t groups;      // in a row

  const uint8_t* weights;  // [n][row_bytes]
  const float* scale;      // [n][groups]

  const int8_t* q;         // [m][2 * padded] bytes, as the kernel's own quantizer left them
  int64_t padded;          // K rounded up to kNBitsPadding
  const DigitSums* sums;   // [m][groups]
  const float* inv_scale;  // [m] 1 / s
  float* y;                // [m][n]
};

// Computes y for the outputs [n_begin, n_end) of the rows [row_begin, row_end) of X.
using NBitsMultiplyFn = void (*)(const NBitsArgs& args, int64_t n_begin, int64_t n_end, int64_t row_begin,
                                 int64_t row_end);

// Quantizes a row of X to `q` and writes all else of it. Returns false, with nothing said of the rest, where it is not
// finite.
using NBitsQuantizeFn = bool (*)(const NBitsArgs& args, const float* x, int8_t* q, DigitSums* sums, float* inv_scale);

struct NBitsKernelCode {
  NBitsMultiplyFn multiply;
  NBitsQuantizeFn quantize;
};

}  // namespace bitmatmul
