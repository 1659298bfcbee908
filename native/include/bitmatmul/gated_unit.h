/*
 * CustomGatedUnit without ONNX Runtime: Y[M, N] = activation(G) * U, X[M, 2 N] being a row's N gates G and then its N
 * values U; or the RMSNorm of that.
 */
#ifndef BITMATMUL_GATED_UNIT_H
#define BITMATMUL_GATED_UNIT_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"
#include "bitmatmul/rms_norm.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bitmatmul_gated_unit_limits {
  /** The largest N: rows of X are 2 N long. */
  BITMATMUL_GATED_UNIT_MAX_N = 1073741823
};

/** What becomes of a gate. */
enum bitmatmul_gate {
  /** The square of what is above 0: "relu2". */
  BITMATMUL_GATE_RELU2 = 0
};

/** The attributes of a node. */
typedef struct bitmatmul_gated_unit_spec {
  /** Output features, 1..BITMATMUL_GATED_UNIT_MAX_N. */
  int64_t n;
  /** enum bitmatmul_gate */
  int32_t activation;
} bitmatmul_gated_unit_spec;

/**
 * The activation of that name.
 * @return enum bitmatmul_gate, or -1
 */
BITMATMUL_API int32_t bitmatmul_gate_from_name(const char* name);

/**
 * Checks the attributes.
 * @param error receives a message on failure; may be NULL
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gated_unit_check_spec(const bitmatmul_gated_unit_spec* spec, char* error,
                                                      size_t error_size);

/**
 * Checks what follows a unit: as bitmatmul_rms_norm_check_problem does, and that it has the unit's N.
 * @param norm NULL: nothing follows
 * @param error receives a message on failure; may be NULL
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gated_unit_check_norm(const bitmatmul_gated_unit_spec* spec,
                                                      const bitmatmul_rms_norm_problem* norm, char* error,
                                                      size_t error_size);

/**
 * Y on the calling thread, after bitmatmul_gated_unit_check_spec and bitmatmul_gated_unit_check_norm.
 * @param norm what follows; may be NULL
 * @param x [m][2 N]
 * @param y [m][N]; untouched on failure
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gated_unit(const bitmatmul_gated_unit_spec* spec,
                                           const bitmatmul_rms_norm_problem* norm, const float* x, int64_t x_count,
                                           int64_t m, float* y, int64_t y_count, char* error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
