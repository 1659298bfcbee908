// The shapes that both benchmarks measure with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitmatmul::bench {

// A weight matrix [n, k].
struct Shape {
  std::string name;
  int64_t n;
  int64_t k;

  // As in "2B-4T down [2560x6912]".
  std::string Describe() const;
};

// The shapes of a file of lines "name,N,K" whose description contains one of the texts; no texts: all of them.
// Throws std::runtime_error naming the file and the line where it is not of that form, and where nothing is found.
std::vector<Shape> ReadShapes(const std::string& file, const std::vector<std::string>& texts);

}  // namespace bitmatmul::bench
