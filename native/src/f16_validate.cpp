// Attribute rules and array lengths: bitmatmul/f16.h.
#include "bitmatmul/f16.h"
#include "checks.h"

extern "C" {

int32_t bitmatmul_f16_check_spec(const bitmatmul_f16_spec* spec, char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  if (spec == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "spec: found NULL");
  const int32_t status = CheckRange("N", spec->n, INT32_MAX, error);
  return status != BITMATMUL_OK ? status : CheckRange("K", spec->k, BITMATMUL_F16_MAX_K, error);
}

int32_t bitmatmul_f16_check_problem(const bitmatmul_f16_problem* problem, char* text, size_t size) {
  using namespace bitmatmul;
  const Error error{text, size};
  if (problem == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "problem: found NULL");
  const int32_t status = bitmatmul_f16_check_spec(&problem->spec, text, size);
  if (status != BITMATMUL_OK) return status;
  return CheckLength("W", problem->weights, problem->weight_count, problem->spec.n * problem->spec.k, error);
}

}  // extern "C"
