// Reads in plain C++, for CPUs that no file for one instruction set serves.
#include <cstring>

#include "read_loops.h"

namespace bitmatmul::bench {
namespace {

struct Words {
  struct Sum {
    uint64_t words[8];
  };
  static Sum Zero() { return {}; }
  static Sum AddLine(Sum sum, const uint8_t* line) {
    uint64_t words[8];
    memcpy(words, line, sizeof(words));
    for (int i = 0; i < 8; ++i) sum.words[i] += words[i];
    return sum;
  }
  static uint64_t Fold(const Sum& sum) {
    uint64_t total = 0;
    for (uint64_t word : sum.words) total += word;
    return total;
  }
};

}  // namespace

BENCH_DEFINE_READERS(portable, Words)

}  // namespace bitmatmul::bench
