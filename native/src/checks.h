// Refusals that all ops share, in one wording: what, found, wanted.
#pragma once

#include "error.h"

namespace bitmatmul {

// "attribute K: found 0, wanted 1..132104"
int32_t CheckRange(const char* name, int64_t found, int64_t largest, Error error);

// "input W: found 95 elements, wanted 96"
int32_t CheckLength(const char* name, const void* data, int64_t found, int64_t wanted, Error error);

// "input scale: found inf at element 0, wanted finite values"
int32_t CheckFinite(const char* name, float value, int64_t index, Error error);

// X or Y of a call: "X: found 3 elements, wanted 4"
int32_t CheckBuffer(const char* name, const void* data, int64_t found, int64_t wanted, Error error);

// M, X and Y of a call.
int32_t CheckCall(const float* x, int64_t x_count, int64_t m, const float* y, int64_t y_count, int64_t k, int64_t n,
                  Error error);

}  // namespace bitmatmul
