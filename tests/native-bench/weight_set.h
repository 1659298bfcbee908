// Many weight matrices of one kind, and products with them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bitmatmul/matmul.h"
#include "dispatch.h"
#include "memory.h"
#include "team.h"

namespace bitmatmul::bench {

// Packed words at random, all of them valid, the same for the same seed.
void FillWeights(int32_t packing, uint64_t seed, uint32_t* words, int64_t count);

// Activations [m][k] at random, roughly normal.
std::vector<float> MakeActivations(int64_t m, int64_t k);

// Matrices of one spec, one after the other.
class WeightSet {
 public:
  // At least one matrix, and as many as fit into `bytes`.
  WeightSet(const bitmatmul_spec& spec, MemoryKind kind, int64_t bytes);

  int64_t matrices() const { return matrices_; }
  // Bytes of packed weights of one matrix.
  int64_t matrix_bytes() const { return words_ * 4; }
  const uint8_t* matrix(int64_t index) const { return memory_.data() + index * stride_; }
  const bitmatmul_spec& spec() const { return spec_; }
  const Memory& memory() const { return memory_; }
  bitmatmul_problem Problem(int64_t index) const;

 private:
  bitmatmul_spec spec_;
  int64_t words_;
  int64_t stride_;
  int64_t matrices_;
  Memory memory_;
  std::vector<float> scale_;
};

// Products with M rows of X, as the op computes them: quantization, then multiplication, each shared by the team.
class Products {
 public:
  Products(const WeightSet& weights, int64_t m);

  void Run(const Kernel& kernel, int64_t matrix, Team* team);
  // Computes one product with the kernel and some rows of it with the scalar kernel too. Throws std::runtime_error with
  // all that is needed to find the difference where a bit differs.
  void Verify(const Kernel& kernel, int64_t matrix, Team* team);

 private:
  const WeightSet& weights_;
  const int64_t m_;
  // With room to start at a cache line.
  std::vector<float> x_;
  std::vector<float> y_;
  std::vector<uint8_t> scratch_;
};

}  // namespace bitmatmul::bench
