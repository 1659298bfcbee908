// Names, attribute rules and array lengths: bitmatmul/layout.h.
#include "bitmatmul/layout.h"

#include <cstring>

#include "checks.h"
#include "rounding.h"

namespace {

using bitmatmul::CeilDiv;
using bitmatmul::CheckRange;
using bitmatmul::Error;
using bitmatmul::Fail;

const char* const kPackings[] = {"binary32", "ternary16", "ternary20"};
const int64_t kWeightsPerWord[] = {32, 16, 20};
const char* const kActivations[] = {"int8", "sign"};
const int32_t kBlockSizes[] = {0, 32, 64, 128, 256};

template <size_t kCount>
const char* NameAt(const char* const (&names)[kCount], int32_t value) {
  return value >= 0 && value < static_cast<int32_t>(kCount) ? names[value] : nullptr;
}

template <size_t kCount>
int32_t FindName(const char* const (&names)[kCount], const char* name) {
  for (size_t i = 0; i < kCount && name != nullptr; ++i) {
    if (strcmp(names[i], name) == 0) return static_cast<int32_t>(i);
  }
  return -1;
}

int32_t CheckBlockSize(const bitmatmul_spec& spec, Error error) {
  bool known = false;
  for (const int32_t size : kBlockSizes) known |= size == spec.block_size;
  if (!known) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute block_size: found %d, wanted 0, 32, 64, 128 or 256",
                spec.block_size);
  }
  if (spec.block_size == 0) return BITMATMUL_OK;
  if (spec.k % spec.block_size != 0) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute K: found %lld, wanted a multiple of block_size %d",
                static_cast<long long>(spec.k), spec.block_size);
  }
  if (spec.packing == BITMATMUL_TERNARY20) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT,
                "attribute packing: found ternary20 with block_size %d, wanted binary32 or ternary16", spec.block_size);
  }
  if (spec.activation == BITMATMUL_SIGN) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute block_size: found %d with activation sign, wanted 0",
                spec.block_size);
  }
  return BITMATMUL_OK;
}

}  // namespace

extern "C" {

const char* bitmatmul_packing_name(int32_t packing) { return NameAt(kPackings, packing); }
int32_t bitmatmul_packing_from_name(const char* name) { return FindName(kPackings, name); }
const char* bitmatmul_activation_name(int32_t activation) { return NameAt(kActivations, activation); }
int32_t bitmatmul_activation_from_name(const char* name) { return FindName(kActivations, name); }

int32_t bitmatmul_check_spec(const bitmatmul_spec* spec, char* text, size_t size) {
  const Error error{text, size};
  if (spec == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "spec: found NULL");
  if (NameAt(kPackings, spec->packing) == nullptr) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT,
                "attribute packing: found number %d, wanted 0 (binary32), 1 (ternary16) or 2 (ternary20)",
                spec->packing);
  }
  if (NameAt(kActivations, spec->activation) == nullptr) {
    return Fail(error, BITMATMUL_INVALID_ARGUMENT, "attribute activation: found number %d, wanted 0 (int8) or 1 (sign)",
                spec->activation);
  }
  int32_t status = CheckRange("N", spec->n, INT32_MAX, error);
  if (status == BITMATMUL_OK) status = CheckRange("K", spec->k, BITMATMUL_MAX_K, error);
  return status == BITMATMUL_OK ? CheckBlockSize(*spec, error) : status;
}

int64_t bitmatmul_weights_per_word(int32_t packing) {
  return NameAt(kPackings, packing) != nullptr ? kWeightsPerWord[packing] : 0;
}

int64_t bitmatmul_row_tiles(const bitmatmul_spec* spec) { return CeilDiv(spec->n, BITMATMUL_TILE_ROWS); }

int64_t bitmatmul_words_per_row(const bitmatmul_spec* spec) {
  return CeilDiv(spec->k, bitmatmul_weights_per_word(spec->packing));
}

int64_t bitmatmul_blocks(const bitmatmul_spec* spec) { return spec->block_size == 0 ? 1 : spec->k / spec->block_size; }

}  // extern "C"
