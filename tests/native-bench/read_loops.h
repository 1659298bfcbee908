// Loops that read memory, for a vector type given by the file that includes this: included by files that are compiled
// for one instruction set, so everything lives in an anonymous namespace.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bitmatmul::bench {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kLinesAtOnce = 4;

// kStreams parts of the data at once, prefetching kAhead bytes ahead in each (0: none).
// Vector: Zero(), AddLine(sum, address) for 64 bytes, Fold(sum).
template <class Vector, size_t kStreams, size_t kAhead>
uint64_t ReadStreams(const uint8_t* data, size_t bytes) {
  const size_t part = bytes / kStreams;
  typename Vector::Sum sums[kLinesAtOnce];
  for (auto& sum : sums) sum = Vector::Zero();
  for (size_t offset = 0; offset < part; offset += kLinesAtOnce * kLine) {
    for (size_t stream = 0; stream < kStreams; ++stream) {
      const uint8_t* lines = data + stream * part + offset;
      for (size_t i = 0; i < kLinesAtOnce; ++i) {
#if defined(__GNUC__)
        if (kAhead > 0) __builtin_prefetch(lines + kAhead + i * kLine);
#endif
        sums[i] = Vector::AddLine(sums[i], lines + i * kLine);
      }
    }
  }
  uint64_t total = 0;
  for (const auto& sum : sums) total += Vector::Fold(sum);
  return total;
}

}  // namespace
}  // namespace bitmatmul::bench

// Defines the readers that limits.cpp declares for an instruction set.
#define BENCH_DEFINE_READERS(ISA, VECTOR)                                                                           \
  uint64_t ReadPlain_##ISA(const uint8_t* data, size_t bytes) { return ReadStreams<VECTOR, 1, 0>(data, bytes); }    \
  uint64_t ReadAhead_##ISA(const uint8_t* data, size_t bytes) { return ReadStreams<VECTOR, 1, 8192>(data, bytes); } \
  uint64_t ReadFour_##ISA(const uint8_t* data, size_t bytes) { return ReadStreams<VECTOR, 4, 2048>(data, bytes); }
