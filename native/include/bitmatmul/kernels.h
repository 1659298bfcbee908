/* The kernels in the library, and which of them a problem gets. */
#ifndef BITMATMUL_KERNELS_H
#define BITMATMUL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "bitmatmul/export.h"
#include "bitmatmul/layout.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A row of the kernel table. */
typedef struct bitmatmul_kernel_info {
  /** Unique, as in "avx2_any". */
  const char* name;
  /** The instruction set, as BITMATMUL_ISA and the isa arguments spell it. */
  const char* isa;
  /** Bit p is set where it reads enum bitmatmul_packing p. */
  uint32_t packings;
  /** Bit a is set where it takes enum bitmatmul_activation a. */
  uint32_t activations;
  /** 0: block_size 0 only; 1: any block_size. */
  int32_t block_scales;
  /** It is preferred from this M on. It computes any M, and does so where its ISA is forced and has none for that M. */
  int64_t min_m;
  /** All the feature bits that it needs. */
  uint64_t features;
} bitmatmul_kernel_info;

/** How many kernels there are. */
BITMATMUL_API int32_t bitmatmul_kernel_count(void);

/**
 * Row number index of the table, most preferred first.
 * @return enum bitmatmul_status
 */
BITMATMUL_API int32_t bitmatmul_kernel_get(int32_t index, bitmatmul_kernel_info* info);

/**
 * Whether a kernel runs on a CPU with these features.
 * @param reason receives the names of the features that are missing; may be NULL
 * @return 1 if it runs, 0 if not
 */
BITMATMUL_API int32_t bitmatmul_kernel_runs_on(int32_t index, uint64_t features, char* reason, size_t reason_size);

/**
 * The kernel that a problem gets: a pure function of its arguments (the environment is not read), so that the choice
 * for another CPU can be asked for on this one.
 *
 * Without isas it is the first row of the table that reads the packing, takes the activation and the block size, is
 * meant for this M and runs on these features.
 *
 * @param m rows of X
 * @param features as from bitmatmul_cpu_features
 * @param isas NULL or "": free choice. Otherwise a comma-separated list of instruction sets in order of preference,
 *     as in BITMATMUL_ISA: the first of them that has a kernel for the problem is taken, and of its kernels one that is
 *     meant for this M if there is one. An unknown name, or one that the features do not allow, is an error wherever it
 *     stands in the list, and so is a problem that none of them has a kernel for: "avx512_vbmi" fails for binary32,
 *     "avx512_vbmi,scalar" takes the scalar kernel there because it was named.
 * @param error receives a message on failure; may be NULL
 * @return the row's index, or -1
 */
BITMATMUL_API int32_t bitmatmul_choose_kernel(const bitmatmul_spec* spec, int64_t m, uint64_t features,
                                              const char* isas, char* error, size_t error_size);

/** The environment variable BITMATMUL_ISA, a list as above, or NULL where it is unset or empty. */
BITMATMUL_API const char* bitmatmul_isa_override(void);

#ifdef __cplusplus
}
#endif
#endif
