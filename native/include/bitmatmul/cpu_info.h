/* What this CPU can run, after asking the operating system too. */
#ifndef BITMATMUL_CPU_INFO_H
#define BITMATMUL_CPU_INFO_H

#include <stdint.h>

#include "bitmatmul/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Feature bits. Each one says that the CPU has the instructions and that the operating system keeps the registers. */
enum bitmatmul_feature {
  BITMATMUL_FEATURE_AVX2 = 1 << 0,
  BITMATMUL_FEATURE_AVX_VNNI = 1 << 1,
  /** AVX-512 F, BW, DQ and VL together. */
  BITMATMUL_FEATURE_AVX512 = 1 << 2,
  BITMATMUL_FEATURE_AVX512_VNNI = 1 << 3,
  BITMATMUL_FEATURE_AVX512_VBMI = 1 << 4,
  BITMATMUL_FEATURE_AVX512_VPOPCNTDQ = 1 << 5,
  /** AMX tiles and int8 products. Set where the operating system lets this process use them, which is asked for. */
  BITMATMUL_FEATURE_AMX_INT8 = 1 << 6,
  BITMATMUL_FEATURE_NEON = 1 << 7,
  BITMATMUL_FEATURE_NEON_DOTPROD = 1 << 8,
  BITMATMUL_FEATURE_NEON_I8MM = 1 << 9,
  /** Fused multiply-add of AVX's time, FMA3. */
  BITMATMUL_FEATURE_FMA = 1 << 10,
  /** Conversions between float16 and float32. */
  BITMATMUL_FEATURE_F16C = 1 << 11
};

/** The features of the machine that this process runs on, a union of enum bitmatmul_feature. */
BITMATMUL_API uint64_t bitmatmul_cpu_features(void);

/** The name of a single feature bit, as in "avx512_vnni"; NULL for a bit that has none. */
BITMATMUL_API const char* bitmatmul_feature_name(uint64_t feature);

#ifdef __cplusplus
}
#endif
#endif
