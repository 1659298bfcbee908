// BENCH_OPAQUE(vector): the compiler must have the vector in a register here and may not know what it holds.
#pragma once

#define BENCH_OPAQUE(vector) __asm__ volatile("" : "+v"(vector))
