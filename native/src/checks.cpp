#include "checks.h"

#include <cmath>

namespace bitmatmul {

int32_t CheckRange(const char* name, int64_t found, int64_t largest, Error error) {
  if (found >= 1 && found <= largest) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute %s: found %lld, wanted 1..%lld", name,
              static_cast<long long>(found), static_cast<long long>(largest));
}

int32_t CheckLength(const char* name, const void* data, int64_t found, int64_t wanted, Error error) {
  if (data == nullptr && wanted > 0) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "input %s: found NULL, wanted %lld elements", name,
                static_cast<long long>(wanted));
  }
  if (found == wanted) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "input %s: found %lld elements, wanted %lld", name,
              static_cast<long long>(found), static_cast<long long>(wanted));
}

int32_t CheckFinite(const char* name, float value, int64_t index, Error error) {
  if (std::isfinite(value)) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "input %s: found %g at element %lld, wanted finite values", name,
              static_cast<double>(value), static_cast<long long>(index));
}

int32_t CheckBuffer(const char* name, const void* data, int64_t found, int64_t wanted, Error error) {
  if (found == wanted && (data != nullptr || wanted == 0)) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "%s: found %lld elements%s, wanted %lld", name,
              static_cast<long long>(found), data == nullptr ? " at NULL" : "", static_cast<long long>(wanted));
}

int32_t CheckCall(const float* x, int64_t x_count, int64_t m, const float* y, int64_t y_count, int64_t k, int64_t n,
                  Error error) {
  if (m < 0 || m > INT32_MAX) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "M: found %lld, wanted 0..2147483647", static_cast<long long>(m));
  }
  const int32_t status = CheckBuffer("X", x, x_count, m * k, error);
  return status == BITMATMUL_OK ? CheckBuffer("Y", y, y_count, m * n, error) : status;
}

}  // namespace bitmatmul
