// Attribute rules, array lengths and finiteness: bitmatmul/nbits.h.
#include <cmath>

#include "bitmatmul/nbits.h"
#include "checks.h"

namespace {

using namespace bitmatmul;

int32_t CheckBlockSize(const bitmatmul_nbits_spec& spec, Error error) {
  if (spec.block_size == 0) return BITMATMUL_OK;
  const bool power_of_two = (spec.block_size & (spec.block_size - 1)) == 0;
  if (spec.block_size < 16 || spec.block_size > 256 || !power_of_two) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute block_size: found %d, wanted 0, 16, 32, 64, 128 or 256",
                spec.block_size);
  }
  if (spec.k % spec.block_size == 0) return BITMATMUL_OK;
  return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute K: found %lld, wanted a multiple of block_size %d",
              static_cast<long long>(spec.k), spec.block_size);
}

}  // namespace

extern "C" {

int32_t bitmatmul_nbits_check_spec(const bitmatmul_nbits_spec* spec, char* text, size_t size) {
  const Error error{text, size};
  if (spec == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "spec: found NULL");
  int32_t status = CheckRange("N", spec->n, INT32_MAX, error);
  if (status == BITMATMUL_OK) status = CheckRange("K", spec->k, BITMATMUL_NBITS_MAX_K, error);
  if (status != BITMATMUL_OK) return status;
  if (spec->bits != 8 && spec->bits != 4) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute bits: found %d, wanted 8 or 4", spec->bits);
  }
  if (spec->bits == 4 && spec->k % 2 != 0) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute K: found %lld, wanted an even number where bits is 4",
                static_cast<long long>(spec->k));
  }
  return CheckBlockSize(*spec, error);
}

int64_t bitmatmul_nbits_row_bytes(const bitmatmul_nbits_spec* spec) { return spec->k * spec->bits / 8; }

int64_t bitmatmul_nbits_blocks(const bitmatmul_nbits_spec* spec) {
  return spec->block_size == 0 ? 1 : spec->k / spec->block_size;
}

int32_t bitmatmul_nbits_check_problem(const bitmatmul_nbits_problem* problem, char* text, size_t size) {
  const Error error{text, size};
  if (problem == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "problem: found NULL");
  const bitmatmul_nbits_problem& p = *problem;
  int32_t status = bitmatmul_nbits_check_spec(&p.spec, text, size);
  if (status != BITMATMUL_OK) return status;
  status = CheckLength("W", p.weights, p.weight_count, p.spec.n * bitmatmul_nbits_row_bytes(&p.spec), error);
  if (status != BITMATMUL_OK) return status;
  status = CheckLength("scale", p.scale, p.scale_count, p.spec.n * bitmatmul_nbits_blocks(&p.spec), error);
  for (int64_t i = 0; i < p.scale_count && status == BITMATMUL_OK; ++i) {
    status = CheckFinite("scale", p.scale[i], i, error);
  }
  return status;
}

}  // extern "C"
