// binary32 with int8 activations by tables, with AVX2: avx2_tables.h. A nibble is the index: the signs of four columns.
//
// Not better, for one row of X: masks, VPMADDUBSW and VPADDW for each bit of a byte, half as fast from the caches.
#include "kernels/avx2_tables.h"

namespace bitmatmul {
namespace {

struct Binary32Tables {
  static constexpr int kColumns = 32;
  // Four activations add up to no more than 508 in magnitude. That they are too large by 512 makes parts of 0 .. 31,
  // and sums of eight of those are no more than 248.
  static constexpr int kBias = 512;
  static constexpr int kSumBias = 8 * kBias;

  static void StoreTables(const int16_t* q, uint8_t* t) {
    StoreNibble(q, t);
    StoreNibble(q + 16, t + 2 * kTableBytes);
  }

  // From the bytes of four rows' words to byte c of the words of 32 rows, for each c.
  static void AddWord(const uint8_t* first, const uint8_t* second, const uint8_t* t, ByteSums* sums) {
    const __m256i a = TurnWords(first), b = TurnWords(first + 32);
    const __m256i c = TurnWords(second), d = TurnWords(second + 32);
    const __m256i low_ab = _mm256_unpacklo_epi32(a, b), high_ab = _mm256_unpackhi_epi32(a, b);
    const __m256i low_cd = _mm256_unpacklo_epi32(c, d), high_cd = _mm256_unpackhi_epi32(c, d);
    AddBytes(_mm256_unpacklo_epi64(low_ab, low_cd), t, sums);
    AddBytes(_mm256_unpackhi_epi64(low_ab, low_cd), t + kByteTables, sums);
    AddBytes(_mm256_unpacklo_epi64(high_ab, high_cd), t + 2 * kByteTables, sums);
    AddBytes(_mm256_unpackhi_epi64(high_ab, high_cd), t + 3 * kByteTables, sums);
  }

  static __m256i Combine(__m256i bytes) {
    return _mm256_maddubs_epi16(bytes, _mm256_set1_epi16((1 << kLowerBits) * 256 + 1));
  }

  // The lower half of `low` has rows 0 .. 3 and 8 .. 11 of the first tile, the upper half the others; `high` the
  // second.
  static int Position(int tile, int row) { return 16 * tile + row % 8 / 4 * 8 + row / 8 * 4 + row % 4; }

 private:
  static __m256i TurnWords(const uint8_t* words) {
    const __m128i turn = _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm256_shuffle_epi8(LoadBytes(words), _mm256_broadcastsi128_si256(turn));
  }

  static void AddBytes(__m256i bytes, const uint8_t* t, ByteSums* sums) {
    const __m256i nibble = _mm256_set1_epi8(0x0f);
    const __m256i low = _mm256_and_si256(bytes, nibble);
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
    sums->Add(LookUpTable(t, low), LookUpTable(t + kTableBytes, low));
    sums->Add(LookUpTable(t + 2 * kTableBytes, high), LookUpTable(t + 3 * kTableBytes, high));
  }

  // Entry e: the columns of the bits that are set in e less the others.
  static void StoreNibble(const int16_t* q, uint8_t* t) {
    const __m256i entry = _mm256_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m256i sum = _mm256_set1_epi16(kBias);
    for (int i = 0; i < 4; ++i) {
      const __m256i bit = _mm256_set1_epi16(static_cast<int16_t>(1 << i));
      const __m256i is_clear = _mm256_cmpeq_epi16(_mm256_and_si256(entry, bit), _mm256_setzero_si256());
      sum = _mm256_add_epi16(sum, WithSigns(q[4 * i], _mm256_or_si256(is_clear, _mm256_set1_epi16(1))));
    }
    const __m256i lower = _mm256_and_si256(sum, _mm256_set1_epi16((1 << kLowerBits) - 1));
    StoreParts(t, lower, _mm256_srli_epi16(sum, kLowerBits));
  }
};

}  // namespace

extern const KernelCode kAvx2TablesBinary32;
const KernelCode kAvx2TablesBinary32 = {
    &MultiplyByTables<Binary32Tables>, &QuantizeToTables<Binary32Tables>, nullptr, false, nullptr, kWordTables};

}  // namespace bitmatmul
