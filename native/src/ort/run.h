// What each run of an op of ours does in ONNX Runtime: X and Y out of the context, tasks on its pool.
#pragma once

#include "ort/session.h"

namespace bitmatmul {

// M rows of X and of Y.
struct Operands {
  const float* x;
  float* y;
  int64_t m;
};

// Checks X[..., K], makes Y[..., N].
OrtStatus* ReadOperands(const OrtApi& api, OrtKernelContext* context, const NodeId& node, int64_t k, int64_t n,
                        Operands* out);

// Runs tasks 0 .. count - 1 of a product on ONNX Runtime's pool; a single one stays on this thread.
template <class Product, void (Product::*kTask)(int64_t)>
OrtStatus* RunTasks(const OrtApi& api, OrtKernelContext* context, Product* product, int64_t count) {
  const OrtParallelFn run = [](void* user_data, size_t index) {
    (static_cast<Product*>(user_data)->*kTask)(static_cast<int64_t>(index));
  };
  if (count == 1) run(product, 0);
  if (count <= 1) return nullptr;
  const size_t total = static_cast<size_t>(count);
  // As many batches as tasks: each thread takes the next one when it is done, so that a slow core holds up nothing.
  return api.KernelContext_ParallelFor()(context, run, total, total, product);
}

template <class Product>
OrtStatus* RunBound(const OrtApi& api, OrtKernelContext* context, Product* product) {
  RETURN_IF_ERROR((RunTasks<Product, &Product::QuantizeTask>(api, context, product, product->QuantizeTasks())));
  return RunTasks<Product, &Product::MultiplyTask>(api, context, product, product->MultiplyTasks());
}

// Enough for decoding. Getting memory from ONNX Runtime and giving it back takes 0.16 us a run, a quarter of all that a
// node takes besides its product.
constexpr size_t kStackScratchBytes = 16 * 1024;

// Calls f with scratch memory of ONNX Runtime's, which it gives back.
template <class F>
OrtStatus* WithArenaScratch(const OrtApi& api, OrtKernelContext* context, const OrtMemoryInfo* memory, size_t bytes,
                            const F& f) {
  OrtAllocator* allocator = nullptr;
  RETURN_IF_ERROR(api.KernelContext_GetAllocator()(context, memory, &allocator));
  void* scratch = nullptr;
  OrtStatus* status = api.AllocatorAlloc()(allocator, bytes, &scratch);
  if (status == nullptr) {
    status = f(scratch);
    OrtStatus* freed = api.AllocatorFree()(allocator, scratch);
    if (status == nullptr) {
      status = freed;
    } else if (freed != nullptr) {
      api.ReleaseStatus()(freed);
    }
  }
  api.ReleaseAllocator()(allocator);
  return status;
}

// Runs a product with scratch memory on the stack, or of ONNX Runtime's.
template <class Product>
OrtStatus* RunProduct(const OrtApi& api, OrtKernelContext* context, const OrtMemoryInfo* memory, Product* product,
                      const float* x, float* y) {
  if (product->ScratchBytes() <= kStackScratchBytes) {
    char scratch[kStackScratchBytes];
    product->Bind(scratch, x, y);
    return RunBound(api, context, product);
  }
  return WithArenaScratch(api, context, memory, product->ScratchBytes(), [&](void* scratch) {
    product->Bind(scratch, x, y);
    return RunBound(api, context, product);
  });
}

}  // namespace bitmatmul
