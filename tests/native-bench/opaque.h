// BENCH_OPAQUE(vector): the compiler must have the vector in a register here and may not know what it holds.
// BENCH_THROUGH_MEMORY(value): the value is stored and loaded again.
#pragma once

#if defined(__GNUC__)
#define BENCH_OPAQUE(vector) __asm__ volatile("" : "+v"(vector))
#define BENCH_THROUGH_MEMORY(value) __asm__ volatile("" : "+m"(value))
#else
#define BENCH_THROUGH_MEMORY(value)
#endif
