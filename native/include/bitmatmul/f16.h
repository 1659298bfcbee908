/*
 * CustomMatMulF16 without ONNX Runtime: what a node says, its kernels, and running one.
 *
 * Y[M, N] = X[M, K] times the transpose of W[N, K], which holds the bits of IEEE binary16 numbers.
 */
#ifndef BITMATMUL_F16_H
#define BITMATMUL_F16_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"
#include "bitmatmul/op_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bitmatmul_f16_limits {
  /** The largest K. */
  BITMATMUL_F16_MAX_K = 1 << 30
};

/** The attributes of a node. */
typedef struct bitmatmul_f16_spec {
  /** Output features, 1..2^31-1. */
  int64_t n;
  /** Input features, 1..BITMATMUL_F16_MAX_K. */
  int64_t k;
} bitmatmul_f16_spec;

/** A node's attributes and constant input. The array stays the caller's; nothing is copied. */
typedef struct bitmatmul_f16_problem {
  bitmatmul_f16_spec spec;
  /** [N][K], any bits. */
  const uint16_t* weights;
  int64_t weight_count;
} bitmatmul_f16_problem;

/**
 * Checks the attributes.
 * @param error receives a message ("attribute K: found 0, wanted 1..1073741824") on failure; may be NULL
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_f16_check_spec(const bitmatmul_f16_spec* spec, char* error, size_t error_size);

/**
 * Checks attributes and length. Weights may be any bits and are not read.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_f16_check_problem(const bitmatmul_f16_problem* problem, char* error, size_t error_size);

/** How many kernels there are. */
BITMATMUL_API int32_t bitmatmul_f16_kernel_count(void);

/**
 * Row number index of the table, most preferred first.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_f16_kernel_get(int32_t index, bitmatmul_op_kernel_info* info);

/**
 * The kernel that a node gets, as bitmatmul_choose_kernel has it: a pure function of its arguments.
 * @return the row's index, or -1
 */
BITMATMUL_API int32_t bitmatmul_f16_choose_kernel(uint64_t features, const char* isas, char* error, size_t error_size);

/**
 * Y = X times W on the calling thread, after bitmatmul_f16_check_problem.
 * @param isas as in bitmatmul_choose_kernel; NULL or "": BITMATMUL_ISA decides where it is set, else the choice is free
 * @param x [m][K]
 * @param y [m][N]; untouched on failure
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_f16_matmul(const bitmatmul_f16_problem* problem, const char* isas, const float* x,
                                           int64_t x_count, int64_t m, float* y, int64_t y_count, char* error,
                                           size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
