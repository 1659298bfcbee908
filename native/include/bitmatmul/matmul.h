/* Running a problem, without ONNX Runtime: for conformance tests and tools. */
#ifndef BITMATMUL_MATMUL_H
#define BITMATMUL_MATMUL_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A node's attributes and constant inputs. The arrays stay the caller's; nothing is copied. */
typedef struct bitmatmul_problem {
  bitmatmul_spec spec;
  /** Packed words [row_tiles][words_per_row][16], 4-byte aligned. */
  const int32_t* weights;
  int64_t weight_count;
  /** [1] or [N]; where block_size > 0, [row_tiles][blocks][16]. Finite. */
  const float* scale;
  int64_t scale_count;
  /** [N] and finite, or NULL with bias_count 0. */
  const float* bias;
  int64_t bias_count;
} bitmatmul_problem;

/**
 * Checks attributes, lengths, scale and bias for finiteness, and every packed weight: code 3 in ternary16 and bytes
 * that no ternary20 packer writes are errors, in padding columns too where they share a byte with real weights.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_check_problem(const bitmatmul_problem* problem, char* error, size_t error_size);

/**
 * Y = BitLinear(X) on the calling thread, after bitmatmul_check_problem.
 * @param isas as in bitmatmul_choose_kernel; NULL or "": BITMATMUL_ISA decides where it is set, else the choice is free
 * @param x [m][K]
 * @param y [m][N]; untouched on failure
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_matmul(const bitmatmul_problem* problem, const char* isas, const float* x,
                                       int64_t x_count, int64_t m, float* y, int64_t y_count, char* error,
                                       size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
