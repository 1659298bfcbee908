// What a kernel is: the arguments it gets and the two functions it consists of.
//
// Included by the files that are compiled for one instruction set, so everything here is plain data: an inline function
// with external linkage would be compiled with that set's flags and could be the copy that the linker keeps for all.
#pragma once

#include <cstdint>

namespace bitmatmul {

constexpr int64_t kTileRows = 16;
// Rows of quantized activations start at multiples of this many bytes, and are zero from K to the stride.
constexpr int64_t kRowAlignment = 64;

// One problem with M quantized rows. A group is a block of block_size columns, or all K.
struct MatMulArgs {
  int64_t n;
  int64_t k;
  int32_t packing;
  int64_t words_per_row;
  int64_t groups;      // groups in a row
  int64_t block_size;  // columns in a group; 0: one group of K columns

  const uint32_t* weights;  // [ceil(n / 16)][words_per_row][16]
  const float* scale;       // one group: scale[scale_stride * n], stride 0 or 1; else [ceil(n / 16)][groups][16]
  int64_t scale_stride;
  const float* bias;  // [n] or null

  const int8_t* q;         // [m][q_stride], as the kernel's own quantizer left it
  int64_t q_stride;        // a multiple of kRowAlignment, >= words_per_row * (bytes_per_word or weights in a word)
  const int32_t* q_sum;    // [m][groups] sum of q
  const float* inv_scale;  // [m][groups] 1 / s; 1 for sign
  float* y;                // [m][n]
};

// Computes y for the tiles [tile_begin, tile_end) of the rows [row_begin, row_end) of X.
using MultiplyFn = void (*)(const MatMulArgs& args, int64_t tile_begin, int64_t tile_end, int64_t row_begin,
                            int64_t row_end);

// Quantizes one group of `count` activations. Returns false, with nothing said of the rest, where one is not finite.
using QuantizeFn = bool (*)(const float* x, int64_t count, int8_t* q, float* inv_scale, int32_t* q_sum);

// How many of m > 0 rows of X, q_stride bytes each, it likes to get at once with `tiles` row tiles of W.
using RowsPerPassFn = int64_t (*)(int64_t m, int64_t q_stride, int64_t tiles);

struct KernelCode {
  MultiplyFn multiply;
  QuantizeFn quantize_int8;
  QuantizeFn quantize_sign;
  // quantize_sign writes a word for every 32 columns, in the order and meaning of bits of binary32 weights with 0
  // beyond the last column, instead of a byte -1 or +1 for every column.
  bool packs_signs = false;
  // Null: what the L2 cache should hold.
  RowsPerPassFn rows_per_pass = nullptr;
  // Where not 0, quantize_int8 writes that many bytes, a multiple of kRowAlignment, for every word of columns instead
  // of a byte for every column. Such a kernel takes no blocks.
  int64_t bytes_per_word = 0;
  // Products that are worth a task of their own, where there are enough for many tasks; 0: as for any kernel.
  int64_t macs_per_task = 0;
};

}  // namespace bitmatmul
