/* What the tables of kernels of CustomMatMulNBits, CustomMatMulF16 and CustomGroupQueryAttention share. */
#ifndef BITMATMUL_OP_KERNELS_H
#define BITMATMUL_OP_KERNELS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A row of an op's table of kernels, where each takes every node and every run of it. */
typedef struct bitmatmul_op_kernel_info {
  /** Unique, as in "avx2_nbits". */
  const char* name;
  /** The instruction set, as BITMATMUL_ISA and the isa arguments spell it. */
  const char* isa;
  /** All the feature bits that it needs. */
  uint64_t features;
} bitmatmul_op_kernel_info;

#ifdef __cplusplus
}
#endif
#endif
