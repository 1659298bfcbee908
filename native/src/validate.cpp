// bitmatmul_check_problem: lengths, finiteness, and every packed weight.
#include "bitmatmul/matmul.h"
#include "checks.h"
#include "packed_words.h"

namespace {

using namespace bitmatmul;

int32_t CheckScale(const bitmatmul_problem& p, Error error) {
  const int64_t blocks = bitmatmul_blocks(&p.spec);
  const bool blocked = p.spec.block_size > 0;
  const int64_t full = blocked ? bitmatmul_row_tiles(&p.spec) * blocks * BITMATMUL_TILE_ROWS : p.spec.n;
  const int64_t wanted = !blocked && p.scale_count == 1 ? 1 : full;
  int32_t status = CheckLength("scale", p.scale, p.scale_count, wanted, error);
  for (int64_t i = 0; i < wanted && status == BITMATMUL_OK; ++i) {
    const int64_t row = i / BITMATMUL_TILE_ROWS / blocks * BITMATMUL_TILE_ROWS + i % BITMATMUL_TILE_ROWS;
    // Padding rows of a blocked scale are never read.
    if (!blocked || row < p.spec.n) status = CheckFinite("scale", p.scale[i], i, error);
  }
  return status;
}

int32_t CheckBias(const bitmatmul_problem& p, Error error) {
  if (p.bias == nullptr && p.bias_count == 0) return BITMATMUL_OK;
  int32_t status = CheckLength("bias", p.bias, p.bias_count, p.spec.n, error);
  for (int64_t n = 0; n < p.spec.n && status == BITMATMUL_OK; ++n) status = CheckFinite("bias", p.bias[n], n, error);
  return status;
}

// The first weight of a word that no packer writes, as an index among the word's P weights; -1 if all are right.
// Only weights below `real`, the number of the word's columns that are < K, are looked at.
int64_t FindBadWeight(uint32_t word, int32_t packing, int64_t real) {
  for (int64_t c = 0; c < 4 && c < real; ++c) {
    const uint32_t byte = (word >> (8 * c)) & 0xff;
    if (packing == BITMATMUL_TERNARY20) {
      if (!IsTernary20Byte(byte)) return c;
    } else {
      for (int64_t i = 0; 4 * i + c < real; ++i) {
        if (((byte >> (2 * i)) & 3) == 3) return 4 * i + c;
      }
    }
  }
  return -1;
}

int32_t CheckTile(const bitmatmul_problem& p, int64_t tile, Error error) {
  const int64_t words = bitmatmul_words_per_row(&p.spec);
  const int64_t per_word = bitmatmul_weights_per_word(p.spec.packing);
  for (int64_t b = 0; b < words; ++b) {
    for (int64_t r = 0; r < BITMATMUL_TILE_ROWS && BITMATMUL_TILE_ROWS * tile + r < p.spec.n; ++r) {
      const uint32_t word = static_cast<uint32_t>(p.weights[(tile * words + b) * BITMATMUL_TILE_ROWS + r]);
      const int64_t real = p.spec.k - b * per_word < per_word ? p.spec.k - b * per_word : per_word;
      const int64_t bad = FindBadWeight(word, p.spec.packing, real);
      if (bad < 0) continue;
      return Fail(error, BITMATMUL_INVALID_ARGUMENT,
                  "input W: weight [n=%lld, k=%lld] (word [%lld, %lld, %lld]): found byte 0x%02x, wanted %s",
                  static_cast<long long>(BITMATMUL_TILE_ROWS * tile + r), static_cast<long long>(b * per_word + bad),
                  static_cast<long long>(tile), static_cast<long long>(b), static_cast<long long>(r),
                  (word >> (8 * (bad % 4))) & 0xff,
                  p.spec.packing == BITMATMUL_TERNARY16 ? "2-bit codes 0..2" : "ceil(256 v / 243) for v in 0..242");
    }
  }
  return BITMATMUL_OK;
}

int32_t CheckWeights(const bitmatmul_problem& p, Error error) {
  const int64_t tiles = bitmatmul_row_tiles(&p.spec);
  const int64_t tile_words = bitmatmul_words_per_row(&p.spec) * BITMATMUL_TILE_ROWS;
  int32_t status = CheckLength("W", p.weights, p.weight_count, tiles * tile_words, error);
  for (int64_t tile = 0; tile < tiles && status == BITMATMUL_OK; ++tile) {
    const int32_t* words = p.weights + tile * tile_words;
    // The quick look reads at the speed of memory; it also sees padding, so that only the slow one may refuse.
    const bool suspicious = (p.spec.packing == BITMATMUL_TERNARY16 && HasTernary16Code3(words, tile_words)) ||
                            (p.spec.packing == BITMATMUL_TERNARY20 && HasBadTernary20Byte(words, tile_words));
    if (suspicious) status = CheckTile(p, tile, error);
  }
  return status;
}

}  // namespace

extern "C" int32_t bitmatmul_check_problem(const bitmatmul_problem* problem, char* text, size_t size) {
  const Error error{text, size};
  if (problem == nullptr) return Fail(error, BITMATMUL_INVALID_ARGUMENT, "problem: found NULL");
  int32_t status = bitmatmul_check_spec(&problem->spec, text, size);
  if (status == BITMATMUL_OK) status = CheckScale(*problem, error);
  if (status == BITMATMUL_OK) status = CheckBias(*problem, error);
  return status == BITMATMUL_OK ? CheckWeights(*problem, error) : status;
}
