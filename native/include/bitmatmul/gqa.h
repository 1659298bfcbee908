/*
 * CustomGroupQueryAttention without ONNX Runtime: rotary positions, a cache of keys and values, causal attention.
 *
 * B rows of S new tokens, H heads that share G heads of keys and values, D numbers a head, a cache of P columns, tables
 * of R positions. total columns are cached or new; the new tokens are the last S of them.
 */
#ifndef BITMATMUL_GQA_H
#define BITMATMUL_GQA_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"
#include "bitmatmul/op_kernels.h"

#ifdef __cplusplus
extern "C" {
#endif

enum bitmatmul_gqa_limits {
  /** D is a multiple of it. */
  BITMATMUL_GQA_LANES = 16,
  /** The largest D. */
  BITMATMUL_GQA_MAX_HEAD_DIM = 512,
  /** The largest H. */
  BITMATMUL_GQA_MAX_HEADS = 65536
};

/** The attributes of a node. */
typedef struct bitmatmul_gqa_spec {
  /** H, 1..BITMATMUL_GQA_MAX_HEADS. */
  int64_t num_heads;
  /** G, a divisor of H. */
  int64_t kv_num_heads;
  /** D, a multiple of BITMATMUL_GQA_LANES up to BITMATMUL_GQA_MAX_HEAD_DIM. */
  int64_t head_dim;
  /** What queries are multiplied by; finite and above 0. */
  float scale;
} bitmatmul_gqa_spec;

/** A node's attributes and constants, which stay the caller's; nothing is copied. */
typedef struct bitmatmul_gqa_problem {
  bitmatmul_gqa_spec spec;
  /** R, 1..2^31-1. */
  int64_t positions;
  /** [R][D / 2], any values. */
  const float* cos;
  int64_t cos_count;
  /** [R][D / 2], any values. */
  const float* sin;
  int64_t sin_count;
} bitmatmul_gqa_problem;

/** What a run gets and where its results go. */
typedef struct bitmatmul_gqa_call {
  /** B and S. */
  int64_t batch;
  int64_t tokens;
  /** Columns cached and new, S..R. */
  int64_t total;
  /** P, at least total - S. */
  int64_t past_capacity;
  /** [B][S][(H + 2 G) D], queries, keys and values side by side, without key and value; [B][S][H D] with them. */
  const float* query;
  int64_t query_count;
  /** [B][S][G D] each, or both NULL. */
  const float* key;
  int64_t key_count;
  const float* value;
  int64_t value_count;
  /** [B][G][P][D] each. */
  const float* past_key;
  int64_t past_key_count;
  const float* past_value;
  int64_t past_value_count;
  /** [B], the columns at the left of each row that hold no token, 0..total. */
  const int64_t* padding;
  int64_t padding_count;
  /** [B][S][H D]; overlaps nothing. */
  float* y;
  int64_t y_count;
  /**
   * [B][G][max(P, total)][D] each. May be where the past is: then new columns are written alone. Otherwise it overlaps
   * nothing, and gets the past's other columns too.
   */
  float* present_key;
  int64_t present_key_count;
  float* present_value;
  int64_t present_value_count;
} bitmatmul_gqa_call;

/**
 * Checks the attributes.
 * @param error receives a message ("attribute head_dim: found 20, wanted a multiple of 16") on failure; may be NULL
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gqa_check_spec(const bitmatmul_gqa_spec* spec, char* error, size_t error_size);

/**
 * Checks attributes and lengths.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gqa_check_problem(const bitmatmul_gqa_problem* problem, char* error, size_t error_size);

/**
 * Checks what a run gets, after bitmatmul_gqa_check_problem.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gqa_check_call(const bitmatmul_gqa_problem* problem, const bitmatmul_gqa_call* call,
                                               char* error, size_t error_size);

/** How many kernels there are. */
BITMATMUL_API int32_t bitmatmul_gqa_kernel_count(void);

/**
 * Row number index of the table, most preferred first.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gqa_kernel_get(int32_t index, bitmatmul_op_kernel_info* info);

/**
 * The kernel that a node gets, as bitmatmul_choose_kernel has it: a pure function of its arguments.
 * @return the row's index, or -1
 */
BITMATMUL_API int32_t bitmatmul_gqa_choose_kernel(uint64_t features, const char* isas, char* error, size_t error_size);

/**
 * A run on the calling thread, after bitmatmul_gqa_check_call. On failure nothing is written.
 * @param isas as in bitmatmul_choose_kernel; NULL or "": BITMATMUL_ISA decides where it is set, else the choice is free
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_gqa(const bitmatmul_gqa_problem* problem, const char* isas,
                                    const bitmatmul_gqa_call* call, char* error, size_t error_size);

#ifdef __cplusplus
}
#endif
#endif
