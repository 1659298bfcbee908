// A whole run on the calling thread: what the flat C API does, without ONNX Runtime's pool.
#pragma once

#include <cstdint>
#include <cstdlib>

#include "error.h"

namespace bitmatmul {

// Takes a MatMul, an NBitsMatMul or an F16MatMul.
template <class Product>
int32_t RunHere(Product&& product, const float* x, float* y, Error error) {
  const size_t bytes = product.ScratchBytes();
  void* scratch = bytes == 0 ? nullptr : malloc(bytes);
  if (scratch == nullptr && bytes > 0) {
    return Fail(error, BITMATMUL_OUT_OF_MEMORY, "found no memory for %zu bytes of scratch", bytes);
  }
  product.Bind(scratch, x, y);
  for (int64_t task = 0; task < product.QuantizeTasks(); ++task) product.QuantizeTask(task);
  for (int64_t task = 0; task < product.MultiplyTasks(); ++task) product.MultiplyTask(task);
  free(scratch);
  return BITMATMUL_OK;
}

}  // namespace bitmatmul
