// Loops that read memory, for a vector type given by the file that includes this: included by files that are compiled
// for one instruction set, so everything lives in an anonymous namespace.
#pragma once

#include <cstddef>
#include <cstdint>

#include "opaque.h"

namespace bitmatmul::bench {
namespace {

constexpr size_t kLine = 64;

// Vector: Zero(), AddLine(sum, address) for 64 bytes, Fold(sum).

// As fast as loads go, for data in the caches.
template <class Vector>
uint64_t ReadFast(const uint8_t* data, size_t bytes) {
  constexpr size_t kLines = 4;
  typename Vector::Sum sums[kLines];
  for (auto& sum : sums) sum = Vector::Zero();
  for (size_t offset = 0; offset < bytes; offset += kLines * kLine) {
    for (size_t i = 0; i < kLines; ++i) sums[i] = Vector::AddLine(sums[i], data + offset + i * kLine);
  }
  uint64_t total = 0;
  for (const auto& sum : sums) total += Vector::Fold(sum);
  return total;
}

// kStreams parts of the data at once, kLines lines of each in turn, prefetching kAhead bytes ahead in each.
//
// The sum goes through memory for each line, some five cycles: loads that run further ahead of their turn miss the
// caches ahead of the prefetches, take the few places for misses away from them, and make a loop slower.
template <class Vector, size_t kStreams, size_t kLines, size_t kAhead>
uint64_t ReadStreams(const uint8_t* data, size_t bytes) {
  const size_t part = bytes / kStreams;
  typename Vector::Sum sum = Vector::Zero();
  for (size_t offset = 0; offset < part; offset += kLines * kLine) {
    for (size_t stream = 0; stream < kStreams; ++stream) {
      const uint8_t* lines = data + stream * part + offset;
      for (size_t i = 0; i < kLines; ++i) {
#if defined(__GNUC__)
        __builtin_prefetch(lines + kAhead + i * kLine);
#endif
        sum = Vector::AddLine(sum, lines + i * kLine);
        BENCH_THROUGH_MEMORY(sum);
      }
    }
  }
  return Vector::Fold(sum);
}

}  // namespace
}  // namespace bitmatmul::bench

// Defines the readers that limits.cpp declares for an instruction set.
#define BENCH_DEFINE_READERS(ISA, VECTOR)                                                                              \
  uint64_t ReadPlain_##ISA(const uint8_t* data, size_t bytes) { return ReadFast<VECTOR>(data, bytes); }                \
  uint64_t ReadAhead_##ISA(const uint8_t* data, size_t bytes) { return ReadStreams<VECTOR, 1, 4, 8192>(data, bytes); } \
  uint64_t ReadFour_##ISA(const uint8_t* data, size_t bytes) { return ReadStreams<VECTOR, 4, 4, 2048>(data, bytes); }  \
  uint64_t ReadSixteen_##ISA(const uint8_t* data, size_t bytes) { return ReadStreams<VECTOR, 16, 4, 512>(data, bytes); }
