/*
 * CustomRmsNorm without ONNX Runtime: rows of X[M, N] by the square root of the mean of their squares, times weight[N].
 */
#ifndef BITMATMUL_RMS_NORM_H
#define BITMATMUL_RMS_NORM_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bitmatmul_rms_norm_limits {
  /** Partial sums of a row: N is a multiple of it. */
  BITMATMUL_RMS_NORM_LANES = 16,
  /** The largest N, which is exact as a float. */
  BITMATMUL_RMS_NORM_MAX_N = 16777216
};

/** A node's attributes and its constant, which stays the caller's. */
typedef struct bitmatmul_rms_norm_problem {
  /** Columns, 16..BITMATMUL_RMS_NORM_MAX_N, a multiple of BITMATMUL_RMS_NORM_LANES. */
  int64_t n;
  /** Added to the mean of the squares; finite and above 0. */
  float epsilon;
  /** [N], finite. */
  const float* weight;
  int64_t weight_count;
} bitmatmul_rms_norm_problem;

/**
 * Checks attributes, length and that weights are finite.
 * @param error receives a message on failure; may be NULL
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_rms_norm_check_problem(const bitmatmul_rms_norm_problem* problem, char* error,
                                                       size_t error_size);

/**
 * Y on the calling thread, after bitmatmul_rms_norm_check_problem.
 * @param x [m][N]
 * @param y [m][N]; untouched on failure
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_rms_norm(const bitmatmul_rms_norm_problem* problem, const float* x, int64_t x_count,
                                         int64_t m, float* y, int64_t y_count, char* error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
