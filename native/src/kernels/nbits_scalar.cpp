// CustomMatMulNBits in portable loops.
#include "kernels/nbits_quantize.h"
#include "kernels/nbits_rows.h"

namespace bitmatmul {
namespace {

struct Scalar {
  template <int kRows>
  static constexpr int kStreams = 1;
  static constexpr int kMostRows = 1;
  template <int kBits>
  static constexpr int32_t kOffset = 0;
  template <int kBits, int kSixteens>
  static constexpr bool kTakesBlocks = false;

  static int32_t Load(const int8_t* q, int64_t place) {
    int16_t word;
    memcpy(&word, q + 2 * place, sizeof(word));
    return word;
  }

  // Where the activation of a column is.
  template <int kBits>
  static int64_t Place(int64_t k) {
    if (kBits == 8) return k;
    return k / kNBitsChunk * kNBitsChunk + k % kNBitsChunk / 2 + k % 2 * (kNBitsChunk / 2);
  }

  template <int kBits>
  static int32_t Weight(const uint8_t* weights, int64_t k) {
    if (kBits == 8) return weights[k] - kZeroPoint<8>;
    return (weights[k / 2] >> (k % 2 * 4) & 15) - kZeroPoint<4>;
  }

  template <int kBits>
  static int64_t Sum(const uint8_t* weights, const int8_t* q, int64_t begin, int64_t end) {
    int64_t sum = 0;
    for (int64_t k = begin; k < end; ++k) sum += int64_t{Weight<kBits>(weights, k)} * Load(q, Place<kBits>(k));
    return sum;
  }

  template <int kBits, int kTheStreams, int kRows>
  static void SumRows(const NBitsArgs& a, int64_t n, int64_t, int64_t m, int64_t (&acc)[kRows][kTheStreams]) {
    acc[0][0] = Sum<kBits>(a.weights + n * a.row_bytes, a.q + m * 2 * a.padded, 0, a.k);
  }

  template <int kBits>
  static void SumSixteens(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t at, int32_t* sums) {
    for (int64_t k = at; k < at + kNBitsPadding && k < a.k; k += 16) {
      sums[(k - at) / 16] = static_cast<int32_t>(Sum<kBits>(weights, q, k, k + 16));
    }
  }
};

}  // namespace

extern const NBitsKernelCode kScalarNBits;
const NBitsKernelCode kScalarNBits = {&MultiplyNBits<Scalar>, &QuantizeRow<Words>};

}  // namespace bitmatmul
