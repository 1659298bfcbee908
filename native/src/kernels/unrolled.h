// gcc keeps arrays in registers only where no loop over them is left before it looks: sums were stored and loaded
// around each product, which took 2 to 3 times as long for M = 4 to 16 of CustomMatMulF16.
#pragma once

#if defined(__clang__)
#define BITMATMUL_UNROLLED _Pragma("unroll")
#elif defined(__GNUC__)
#define BITMATMUL_UNROLLED _Pragma("GCC unroll 16")
#else
#define BITMATMUL_UNROLLED
#endif
