// ternary20 with int8 activations by tables, with AVX2: avx2_tables.h. For one row of X: more share the unpacking of
// codes (multiply_codes.h).
//
// A byte is a fraction of 256 (bitmatmul/layout.h): the byte times 27 has three digits above 8 bits, and below them a
// fraction whose product with 9 has the other two there. Three digits are a number less 13, of weights -1, 0 and +1;
// what they add changes its sign with that number, so a table of 14 entries and VPSIGNB do for the 27.
#include "kernels/avx2_tables.h"

namespace bitmatmul {
namespace {

struct Ternary20Tables {
  static constexpr int kColumns = 20;
  // Parts have signs: lower ones of -16 .. 15, of which a word adds up eight, and upper ones up to 12 and 8 in
  // magnitude, of which it adds up four each.
  static constexpr int kSumBias = 0;

  static void StoreTables(const int16_t* q, uint8_t* t) {
    // Digits of 13 .. 26 less 1: of the numbers 0 .. 13 as sums of -9, 0, 9; -3, 0, 3; -1, 0, 1.
    const __m256i nines = _mm256_setr_epi16(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
    const __m256i threes = _mm256_setr_epi16(0, 0, 1, 1, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 0, 0);
    const __m256i ones = _mm256_setr_epi16(0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, 0, 0);
    __m256i sum = _mm256_add_epi16(WithSigns(q[0], nines), WithSigns(q[4], threes));
    StoreSums(t, _mm256_add_epi16(sum, WithSigns(q[8], ones)));
    // Digits of 0 .. 8 less 1.
    const __m256i third = _mm256_setr_epi16(-1, -1, -1, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0);
    const __m256i first = _mm256_setr_epi16(-1, 0, 1, -1, 0, 1, -1, 0, 1, 0, 0, 0, 0, 0, 0, 0);
    sum = _mm256_add_epi16(WithSigns(q[12], third), WithSigns(q[16], first));
    StoreSums(t + 2 * kTableBytes, sum);
  }

  // Bytes 0 and 1 of the words of a tile, then 2 and 3, are multiplied where they stand.
  static void AddWord(const uint8_t* first, const uint8_t* second, const uint8_t* t, ByteSums* sums) {
    // The other half of a tile two bytes off, so that its bytes fall between those of this half.
    __m256i a = _mm256_blend_epi16(LoadBytes(first), LoadBytes(first + 30), 0xaa);
    __m256i b = _mm256_blend_epi16(LoadBytes(second), LoadBytes(second + 30), 0xaa);
    AddBytes(a, b, _mm256_set1_epi16(27), t, sums);
    AddBytes(a, b, _mm256_set1_epi16(27 * 256), t + kByteTables, sums);
    a = _mm256_blend_epi16(LoadBytes(first + 2), LoadBytes(first + 32), 0xaa);
    b = _mm256_blend_epi16(LoadBytes(second + 2), LoadBytes(second + 32), 0xaa);
    AddBytes(a, b, _mm256_set1_epi16(27), t + 2 * kByteTables, sums);
    AddBytes(a, b, _mm256_set1_epi16(27 * 256), t + 3 * kByteTables, sums);
  }

  static __m256i Combine(__m256i bytes) {
    return _mm256_maddubs_epi16(_mm256_set1_epi16((1 << kLowerBits) * 256 + 1), bytes);
  }

  // 32 bits of `low` and `high` have rows r and r + 8 of both tiles in turn, each of them two such rows after the
  // other.
  static int Position(int tile, int row) {
    const int r = row % 8;
    return 16 * (r % 4 / 2) + 8 * (r / 4) + 4 * (r % 2) + 2 * (row / 8) + tile;
  }

 private:
  // Of 16 bits of both, what is above 8.
  static __m256i MergeUpper(__m256i a, __m256i b) {
    const __m256i upper = _mm256_set1_epi16(static_cast<int16_t>(0xff00));
    return _mm256_or_si256(_mm256_srli_epi16(a, 8), _mm256_and_si256(b, upper));
  }

  // Of every 16 bits the byte that `factor` has a factor for.
  static void AddBytes(__m256i a, __m256i b, __m256i factor, const uint8_t* t, ByteSums* sums) {
    a = _mm256_maddubs_epi16(a, factor);
    b = _mm256_maddubs_epi16(b, factor);
    const __m256i three = _mm256_sub_epi8(MergeUpper(a, b), _mm256_set1_epi8(13));
    const __m256i magnitude = _mm256_abs_epi8(three);
    const __m256i nine = _mm256_set1_epi16(9);
    const __m256i two = MergeUpper(_mm256_maddubs_epi16(a, nine), _mm256_maddubs_epi16(b, nine));
    sums->Add(_mm256_sign_epi8(LookUpTable(t, magnitude), three),
              _mm256_sign_epi8(LookUpTable(t + kTableBytes, magnitude), three));
    sums->Add(LookUpTable(t + 2 * kTableBytes, two), LookUpTable(t + 3 * kTableBytes, two));
  }

  static void StoreSums(uint8_t* t, __m256i sum) {
    const __m256i half = _mm256_set1_epi16(1 << (kLowerBits - 1));
    const __m256i upper = _mm256_srai_epi16(_mm256_add_epi16(sum, half), kLowerBits);
    StoreParts(t, _mm256_sub_epi16(sum, _mm256_slli_epi16(upper, kLowerBits)), upper);
  }
};

}  // namespace

extern const KernelCode kAvx2TablesTernary20;
const KernelCode kAvx2TablesTernary20 = {
    &MultiplyByTables<Ternary20Tables>, &QuantizeToTables<Ternary20Tables>, nullptr, false, nullptr, kWordTables};

}  // namespace bitmatmul
