// What the machine can do at most: reading memory, and products of int8.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "team.h"

namespace bitmatmul::bench {

// A way to read memory. Several are tried, and the fastest counts.
struct Reader {
  std::string name;
  // Reads bytes, a multiple of kReadStep, and gives something that depends on all of them.
  uint64_t (*read)(const uint8_t* data, size_t bytes);
  // What a thread takes at a time; 0: each thread has one contiguous share.
  size_t piece_bytes;
};
constexpr size_t kReadStep = 4096;

// All ways, with the widest loads that this CPU has.
std::vector<Reader> Readers();

// A loop of int8 products that does nothing else.
struct Int8Peak {
  // As in "amx_registers".
  std::string name;
  // The instruction sets whose kernels it is the limit of; none where another peak is.
  std::vector<std::string> isas;
  uint64_t features;
  // Operations in a step; a product and its sum are two.
  double ops;
  // Steps that take some ten microseconds.
  int64_t steps;
  void (*run)(int64_t steps);
};

// Those that this build has; whether this CPU has them is for the caller to ask.
const std::vector<Int8Peak>& Int8Peaks();
// The limit of kernels of that instruction set on this CPU, or null.
const Int8Peak* Int8PeakOf(const std::string& isa);
// Whether this CPU can run it.
bool Runs(const Int8Peak& peak);

// Runs the peak's steps on each thread; how many operations those are.
double RunPeak(const Int8Peak& peak, Team* team);

// Reads data, shared by the team.
void ReadStream(const Reader& reader, const uint8_t* data, size_t bytes, Team* team);
// Each thread reads bytes_each of its own, several times; how many bytes those are.
double ReadCached(const Reader& reader, const uint8_t* data, size_t bytes_each, Team* team);

}  // namespace bitmatmul::bench
