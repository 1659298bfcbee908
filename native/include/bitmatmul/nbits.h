/*
 * CustomMatMulNBits without ONNX Runtime: what a node says, its kernels, and running one.
 *
 * Y[M, N] = X[M, K] times the transpose of dequantized W[N, K]. A row of W is K bytes of weight + 128, or K / 2 bytes
 * of two weights + 8 each, even columns in the lower four bits.
 */
#ifndef BITMATMUL_NBITS_H
#define BITMATMUL_NBITS_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"
#include "bitmatmul/op_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bitmatmul_nbits_limits {
  /** The largest K, 127 * 128 * K < 2^31: sums of weights times digits of activations fit into 32 bits. */
  BITMATMUL_NBITS_MAX_K = 132104
};

/** The attributes of a node. */
typedef struct bitmatmul_nbits_spec {
  /** Output features, 1..2^31-1. */
  int64_t n;
  /** Input features, 1..BITMATMUL_NBITS_MAX_K; even where bits is 4. */
  int64_t k;
  /** 8 or 4. */
  int32_t bits;
  /** 0: a scale for each output row; 16, 32, 64, 128 or 256: one for each block of that many columns, K a multiple. */
  int32_t block_size;
} bitmatmul_nbits_spec;

/** A node's attributes and constant inputs. The arrays stay the caller's; nothing is copied. */
typedef struct bitmatmul_nbits_problem {
  bitmatmul_nbits_spec spec;
  /** [N][K * bits / 8]. */
  const uint8_t* weights;
  int64_t weight_count;
  /** [N][blocks], finite. */
  const float* scale;
  int64_t scale_count;
} bitmatmul_nbits_problem;

/**
 * Checks the attributes.
 * @param error receives a message ("attribute bits: found 3, wanted 8 or 4") on failure; may be NULL
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_nbits_check_spec(const bitmatmul_nbits_spec* spec, char* error, size_t error_size);

/** Bytes of an output row's weights: K * bits / 8. */
BITMATMUL_API int64_t bitmatmul_nbits_row_bytes(const bitmatmul_nbits_spec* spec);

/** Scales of an output row: K / block_size; 1 where block_size is 0. */
BITMATMUL_API int64_t bitmatmul_nbits_blocks(const bitmatmul_nbits_spec* spec);

/**
 * Checks attributes, lengths and that scales are finite. Weights may be any bytes and are not read.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_nbits_check_problem(const bitmatmul_nbits_problem* problem, char* error,
                                                    size_t error_size);

/** How many kernels there are. */
BITMATMUL_API int32_t bitmatmul_nbits_kernel_count(void);

/**
 * Row number index of the table, most preferred first.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_nbits_kernel_get(int32_t index, bitmatmul_op_kernel_info* info);

/**
 * The kernel that a node gets, as bitmatmul_choose_kernel has it: a pure function of its arguments.
 * @return the row's index, or -1
 */
BITMATMUL_API int32_t bitmatmul_nbits_choose_kernel(uint64_t features, const char* isas, char* error,
                                                    size_t error_size);

/**
 * Y = X times W on the calling thread, after bitmatmul_nbits_check_problem.
 * @param isas as in bitmatmul_choose_kernel; NULL or "": BITMATMUL_ISA decides where it is set, else the choice is free
 * @param x [m][K]
 * @param y [m][N]; untouched on failure
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_nbits_matmul(const bitmatmul_nbits_problem* problem, const char* isas, const float* x,
                                             int64_t x_count, int64_t m, float* y, int64_t y_count, char* error,
                                             size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
