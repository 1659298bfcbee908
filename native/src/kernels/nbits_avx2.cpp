// CustomMatMulNBits with AVX2. VPMADDUBSW would saturate with weights of 8 bits, so weights are widened, and meet whole
// 16-bit activations.
#include "kernels/nbits_quantize.h"
#include "kernels/nbits_rows.h"
#include "kernels/nbits_vector_avx2.h"

namespace bitmatmul {
namespace {

// Bytes of weights in a vector of 16-bit numbers.
constexpr int64_t kBytesAtOnce = 16;

struct Avx2 {
  template <int kRows>
  static constexpr int kStreams = kRows == 1   ? 4
                                  : kRows == 2 ? 4
                                               : 2;
  static constexpr int kMostRows = 4;
  template <int kBits>
  static constexpr int32_t kOffset = kZeroPoint<kBits>;
  template <int kBits, int kSixteens>
  static constexpr bool kTakesBlocks = false;

  // A lane gets two products of at most 255 * 16319 from 16 bytes, or four of 15 * 16319: 258 of the former fit.
  static constexpr int64_t kBytesIn32Bits = 256 * kBytesAtOnce;

  static Vec Widen(const uint8_t* p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Vec WidenFirst(const uint8_t* p, int64_t count) {
    uint8_t bytes[kBytesAtOnce] = {};
    memcpy(bytes, p, static_cast<size_t>(count));
    return Widen(bytes);
  }
  static Vec LoadWords(const int8_t* q, int64_t place) { return Load(reinterpret_cast<const uint8_t*>(q) + 2 * place); }
  static Vec Products(Vec numbers, Vec q) { return _mm256_madd_epi16(numbers, q); }

  // 16 bytes of weights of each stream, q at their first activations.
  template <int kBits, int kTheStreams, int kRows>
  static void AddAll(const NBitsArgs& a, const Vec (&bytes)[kTheStreams], const int8_t* q, int64_t place,
                     Vec (&sums)[kRows][kTheStreams]) {
    const Vec mask = _mm256_set1_epi16(15);
    for (int r = 0; r < kRows; ++r) {
      const Vec first = LoadWords(q + r * 2 * a.padded, place);
      if constexpr (kBits == 8) {
        for (int s = 0; s < kTheStreams; ++s) sums[r][s] = Add(sums[r][s], Products(bytes[s], first));
      } else {
        const Vec second = LoadWords(q + r * 2 * a.padded, place + kNBitsChunk / 2);
        for (int s = 0; s < kTheStreams; ++s) {
          const Vec even = Products(And(bytes[s], mask), first);
          const Vec odd = Products(_mm256_srli_epi16(bytes[s], 4), second);
          sums[r][s] = Add(sums[r][s], Add(even, odd));
        }
      }
    }
  }

  static int64_t SumWide(Vec v) {
    alignas(32) int32_t lanes[8];
    Store(lanes, v);
    int64_t sum = 0;
    for (const int32_t lane : lanes) sum += lane;
    return sum;
  }

  template <int kBits, int kTheStreams, int kRows>
  static void SumBytes(const NBitsArgs& a, const uint8_t* weights, int64_t run, const int8_t* q, int64_t begin,
                       int64_t end, int64_t (&acc)[kRows][kTheStreams]) {
    const int64_t run_bytes = run * a.row_bytes;
    Vec sums[kRows][kTheStreams];
    for (auto& row : sums) {
      for (Vec& sum : row) sum = Zero();
    }
    Vec bytes[kTheStreams];
    int64_t at = begin;
    for (; at + kBytesAtOnce <= end; at += kBytesAtOnce) {
      for (int s = 0; s < kTheStreams; ++s) {
        const uint8_t* const p = weights + s * run_bytes + at;
        if (at % 64 == 0) _mm_prefetch(reinterpret_cast<const char*>(p + kAhead<kTheStreams>), _MM_HINT_T0);
        bytes[s] = Widen(p);
      }
      AddAll<kBits>(a, bytes, q, PlaceOf<kBits>(at), sums);
    }
    if (at < end) {
      for (int s = 0; s < kTheStreams; ++s) bytes[s] = WidenFirst(weights + s * run_bytes + at, end - at);
      AddAll<kBits>(a, bytes, q, PlaceOf<kBits>(at), sums);
    }
    for (int r = 0; r < kRows; ++r) {
      for (int s = 0; s < kTheStreams; ++s) acc[r][s] += SumWide(sums[r][s]);
    }
  }

  template <int kBits, int kTheStreams, int kRows>
  static void SumRows(const NBitsArgs& a, int64_t n, int64_t run, int64_t m, int64_t (&acc)[kRows][kTheStreams]) {
    for (int r = 0; r < kRows; ++r) {
      const DigitSums& q = a.sums[m + r];
      const int64_t zero = kZeroPoint<kBits> * (int64_t{128} * q.high + q.low);
      for (int s = 0; s < kTheStreams; ++s) acc[r][s] = -zero;
    }
    for (int64_t at = 0; at < a.row_bytes; at += kBytesIn32Bits) {
      const int64_t end = at + kBytesIn32Bits < a.row_bytes ? at + kBytesIn32Bits : a.row_bytes;
      SumBytes<kBits>(a, a.weights + n * a.row_bytes, run, a.q + m * 2 * a.padded, at, end, acc);
    }
  }

  // The products of 16 bytes of weights at byte `at`.
  template <int kBits>
  static Vec Sixteen(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t at) {
    const int64_t left = a.row_bytes - at;
    const Vec bytes[1] = {left >= kBytesAtOnce ? Widen(weights + at) : WidenFirst(weights + at, left > 0 ? left : 0)};
    Vec sums[1][1] = {{Zero()}};
    AddAll<kBits>(a, bytes, q, PlaceOf<kBits>(at), sums);
    return sums[0][0];
  }

  template <int kBits>
  static void SumSixteens(const NBitsArgs& a, const uint8_t* weights, const int8_t* q, int64_t column, int32_t* sums) {
    for (int64_t at = column * kBits / 8; at < (column + kNBitsPadding) * kBits / 8; at += 4 * kBytesAtOnce) {
      _mm_prefetch(reinterpret_cast<const char*>(weights + at + kAhead<kBlockStreams>), _MM_HINT_T0);
      Vec four[4];
      for (int i = 0; i < 4; ++i) four[i] = Sixteen<kBits>(a, weights, q, at + i * kBytesAtOnce);
      if constexpr (kBits == 8) {
        const Vec halves = _mm256_hadd_epi32(_mm256_hadd_epi32(four[0], four[1]), _mm256_hadd_epi32(four[2], four[3]));
        const __m128i all = _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(sums), all);
        sums += 4;
      } else {
        StoreSixteens8(four, sums);  // 16 bytes are two sixteens of columns, the halves of each vector
        sums += 8;
      }
    }
  }
};

}  // namespace

extern const NBitsKernelCode kAvx2NBits;
const NBitsKernelCode kAvx2NBits = {&MultiplyNBits<Avx2>, &QuantizeRow<Words>};

}  // namespace bitmatmul
