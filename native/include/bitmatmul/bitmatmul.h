/* The whole flat C API. Every name starts with bitmatmul_; errors are returned, nothing throws or aborts. */
#ifndef BITMATMUL_BITMATMUL_H
#define BITMATMUL_BITMATMUL_H

#include "bitmatmul/cpu_info.h"
#include "bitmatmul/export.h"
#include "bitmatmul/f16.h"
#include "bitmatmul/gated_unit.h"
#include "bitmatmul/gqa.h"
#include "bitmatmul/kernels.h"
#include "bitmatmul/layout.h"
#include "bitmatmul/matmul.h"
#include "bitmatmul/nbits.h"
#include "bitmatmul/op_kernels.h"
#include "bitmatmul/rms_norm.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The library's version, as in "0.1.0". */
BITMATMUL_API const char* bitmatmul_version(void);

#ifdef __cplusplus
}
#endif
#endif
