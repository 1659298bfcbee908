/*
 * What a CustomBitMatMul node says of its weights, and how long its arrays are.
 *
 * Y[M, N] = BitLinear(X[M, K]). Packed weights are 32-bit words W[t][b][r]: t counts tiles of 16 output rows
 * (n = 16 t + r), b counts words along K. Byte c of a word holds the weights k = P b + 4 i + c, i = 0, 1, 2, ...,
 * with P weights a word: 32, 16 or 20.
 */
#ifndef BITMATMUL_LAYOUT_H
#define BITMATMUL_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How weights are packed into 32-bit words. */
enum bitmatmul_packing {
  /** w in {-1, +1}, 1 bit each: 0 is -1, 1 is +1. */
  BITMATMUL_BINARY32 = 0,
  /** w in {-1, 0, +1}, 2 bits each: the code is w + 1; 3 is invalid. */
  BITMATMUL_TERNARY16 = 1,
  /** w in {-1, 0, +1}, 5 a byte: v = sum of (w_i + 1) 3^(4-i), stored as ceil(256 v / 243). */
  BITMATMUL_TERNARY20 = 2
};

/** How activations are quantized. */
enum bitmatmul_activation {
  /** -127..127 by the largest magnitude of the row, or of the block of block_size columns. */
  BITMATMUL_INT8 = 0,
  /** -1 or +1 by the sign; -0.0 counts as +. */
  BITMATMUL_SIGN = 1
};

/** What a function that can fail returns. */
enum bitmatmul_status {
  BITMATMUL_OK = 0,
  /** An argument breaks the contract; the message says which, what was found and what was wanted. */
  BITMATMUL_INVALID_ARGUMENT = 1,
  /** The instruction set asked for is unknown, is not on this CPU, or has no kernel for this problem. */
  BITMATMUL_UNSUPPORTED_ISA = 2,
  BITMATMUL_OUT_OF_MEMORY = 3
};

enum bitmatmul_limits {
  /** Output rows in a tile. */
  BITMATMUL_TILE_ROWS = 16,
  /** The largest K, K < 2^24 / 127: no int32 sum can overflow and each one is exact as a float. */
  BITMATMUL_MAX_K = 132104
};

/** The attributes of a node. */
typedef struct bitmatmul_spec {
  /** Output features, 1..2^31-1. */
  int64_t n;
  /** Input features, 1..BITMATMUL_MAX_K. */
  int64_t k;
  /** enum bitmatmul_packing. */
  int32_t packing;
  /** enum bitmatmul_activation. */
  int32_t activation;
  /**
   * 0: one activation scale a row of X and one weight scale an output row. 32, 64, 128 or 256: both per block of that
   * many columns; then K is a multiple of it, packing is not ternary20 and activation is int8.
   */
  int32_t block_size;
} bitmatmul_spec;

/** "binary32", "ternary16" or "ternary20"; NULL for any other value. */
BITMATMUL_API const char* bitmatmul_packing_name(int32_t packing);
/** The packing of that name, -1 if there is none. */
BITMATMUL_API int32_t bitmatmul_packing_from_name(const char* name);
/** "int8" or "sign"; NULL for any other value. */
BITMATMUL_API const char* bitmatmul_activation_name(int32_t activation);
/** The activation of that name, -1 if there is none. */
BITMATMUL_API int32_t bitmatmul_activation_from_name(const char* name);

/**
 * Checks the attributes.
 * @param error receives a message ("attribute K: found 0, wanted 1..132104") on failure; may be NULL
 * @param error_size bytes that error has room for
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_check_spec(const bitmatmul_spec* spec, char* error, size_t error_size);

/** Weights in a word, P: 32, 16 or 20. */
BITMATMUL_API int64_t bitmatmul_weights_per_word(int32_t packing);
/** Tiles of 16 output rows: ceil(N / 16). */
BITMATMUL_API int64_t bitmatmul_row_tiles(const bitmatmul_spec* spec);
/** Words in a packed row: ceil(K / P). */
BITMATMUL_API int64_t bitmatmul_words_per_row(const bitmatmul_spec* spec);
/** Blocks of block_size columns; 1 where block_size is 0. */
BITMATMUL_API int64_t bitmatmul_blocks(const bitmatmul_spec* spec);

#ifdef __cplusplus
}
#endif
#endif
