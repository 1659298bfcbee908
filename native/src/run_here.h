// A whole run on the calling thread: what the flat C API does, without ONNX Runtime's pool.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "bitmatmul/cpu_info.h"
#include "bitmatmul/kernels.h"
#include "checks.h"

namespace bitmatmul {

// Calls run(memory), with nullptr for no bytes.
template <class Run>
int32_t RunWithScratch(size_t bytes, Error error, Run run) {
  void* scratch = bytes == 0 ? nullptr : malloc(bytes);
  if (scratch == nullptr && bytes > 0) {
    return Fail(error, BITMATMUL_OUT_OF_MEMORY, "found no memory for %zu bytes of scratch", bytes);
  }
  run(scratch);
  free(scratch);
  return BITMATMUL_OK;
}

// Takes a MatMul, an NBitsMatMul or an F16MatMul.
template <class Product>
int32_t RunHere(Product&& product, const float* x, float* y, Error error) {
  return RunWithScratch(product.ScratchBytes(), error, [&](void* scratch) {
    product.Bind(scratch, x, y);
    for (int64_t task = 0; task < product.QuantizeTasks(); ++task) product.QuantizeTask(task);
    for (int64_t task = 0; task < product.MultiplyTasks(); ++task) product.MultiplyTask(task);
  });
}

// The index of the kernel that a list of instruction sets gives on this CPU, or -1; without one, what the environment
// says counts.
//   choose(features, isas, text, size)     the same for a CPU's features
template <class Choose>
int32_t ChooseHere(const char* isas, Error error, Choose choose) {
  const bool is_free = isas == nullptr || isas[0] == '\0';
  return choose(bitmatmul_cpu_features(), is_free ? bitmatmul_isa_override() : isas, error.text, error.size);
}

// What a product function of the flat C API is given beside the problem.
struct ProductCall {
  const char* isas;
  const float* x;
  int64_t x_count;
  int64_t m;
  float* y;
  int64_t y_count;
  Error error;
};

// Such a function.
//   check(problem, text, size)     a status
//   choose                         what ChooseHere takes
//   make(index)                    what RunHere takes
template <class Problem, class Check, class Choose, class Make>
int32_t CheckAndRunHere(const Problem* problem, const ProductCall& call, Check check, Choose choose, Make make) {
  const Error& error = call.error;
  int32_t status = check(problem, error.text, error.size);
  if (status != BITMATMUL_OK) return status;
  status = CheckCall(call.x, call.x_count, call.m, call.y, call.y_count, problem->spec.k, problem->spec.n, error);
  if (status != BITMATMUL_OK) return status;
  const int32_t index = ChooseHere(call.isas, error, choose);
  if (index < 0) return BITMATMUL_UNSUPPORTED_ISA;
  return RunHere(make(index), call.x, call.y, error);
}

}  // namespace bitmatmul
