#include "ort/kernel.h"

#include <cstdlib>
#include <cstring>

#include "bitmatmul/cpu_info.h"
#include "matmul.h"
#include "ort/custom_op.h"
#include "ort/huge_pages.h"
#include "ort/node.h"

namespace bitmatmul {
namespace {

// Enough for decoding. Getting memory from ONNX Runtime and giving it back takes 0.16 us a run, a quarter of all that a
// node takes besides its product.
constexpr size_t kStackScratchBytes = 16 * 1024;

struct NodeKernel {
  const OrtApi* api;
  OrtMemoryInfo* memory;
  Node node;
  char isas[128];       // BITMATMUL_ISA when the kernel was created; "": free choice
  const void* weights;  // a copy in huge pages; null: the problem's weights are ONNX Runtime's
  size_t weight_bytes;
};

OrtStatus* Invalid(const NodeKernel& kernel, const char* message) {
  return NodeStatus(*kernel.api, kOrtInvalidArgument, kernel.node.name, message);
}

// Keeps BITMATMUL_ISA, and refuses it now where it does not suit this node or this CPU.
OrtStatus* ReadIsas(NodeKernel* kernel) {
  const char* isas = bitmatmul_isa_override();
  if (isas == nullptr) return nullptr;
  Message message;
  const size_t length = strlen(isas);
  if (length >= sizeof(kernel->isas)) {
    Fail(message.error(), 0, "BITMATMUL_ISA: found %zu characters, wanted %zu at most", length,
         sizeof(kernel->isas) - 1);
    return Invalid(*kernel, message.text);
  }
  memcpy(kernel->isas, isas, length + 1);
  const int32_t index = bitmatmul_choose_kernel(&kernel->node.problem.spec, 1, bitmatmul_cpu_features(), isas,
                                                message.text, sizeof(message.text));
  return index >= 0 ? nullptr : Invalid(*kernel, message.text);
}

// Where the session asks for it, moves the weights from the mapped file into huge pages.
OrtStatus* PlaceWeights(const Op& op, const OrtKernelInfo* info, NodeKernel* kernel) {
  WeightMemory memory = op.weights;
  if (op.api24 != nullptr) RETURN_IF_ERROR(ReadWeightMemory(*kernel->api, *op.api24, info, &memory));
  if (memory == WeightMemory::kMapped) return nullptr;
  bitmatmul_problem& p = kernel->node.problem;
  const size_t bytes = static_cast<size_t>(p.weight_count) * sizeof(p.weights[0]);
  Message message;
  kernel->weights = CopyToHugePages(p.weights, bytes, message.error());
  if (kernel->weights == nullptr) return Invalid(*kernel, message.text);
  kernel->weight_bytes = bytes;
  ReturnFilePages(p.weights, bytes);
  p.weights = static_cast<const int32_t*>(kernel->weights);
  return nullptr;
}

// X[..., K] to M, and to the dimensions of Y[..., N].
OrtStatus* ReadX(const NodeKernel& kernel, OrtKernelContext* context, const float** x, int64_t* m, Shape* y_shape) {
  const OrtApi& api = *kernel.api;
  const OrtValue* value = nullptr;
  RETURN_IF_ERROR(api.KernelContext_GetInput()(context, kInputX, &value));
  OrtElementType type = kOrtUndefined;
  RETURN_IF_ERROR(ReadTensor(api, value, &type, y_shape));
  const bitmatmul_spec& spec = kernel.node.problem.spec;
  if (type != kOrtFloat || y_shape->rank == 0 || y_shape->dims[y_shape->rank - 1] != spec.k) {
    char shape[128];
    FormatShape(*y_shape, shape, sizeof(shape));
    Message message;
    Fail(message.error(), 0, "input X: found element type %d and shape %s, wanted float32 (1) and [..., %lld]", type,
         shape, static_cast<long long>(spec.k));
    return Invalid(kernel, message.text);
  }
  *m = 1;
  for (size_t i = 0; i + 1 < y_shape->rank; ++i) *m *= y_shape->dims[i];
  y_shape->dims[y_shape->rank - 1] = spec.n;
  void* data = nullptr;
  RETURN_IF_ERROR(api.GetTensorMutableData()(const_cast<OrtValue*>(value), &data));
  *x = static_cast<const float*>(data);
  return nullptr;
}

OrtStatus* GetY(const OrtApi& api, OrtKernelContext* context, const Shape& shape, float** y) {
  OrtValue* value = nullptr;
  RETURN_IF_ERROR(api.KernelContext_GetOutput()(context, 0, shape.dims, shape.rank, &value));
  void* data = nullptr;
  RETURN_IF_ERROR(api.GetTensorMutableData()(value, &data));
  *y = static_cast<float*>(data);
  return nullptr;
}

// Runs tasks 0 .. count - 1 on ONNX Runtime's pool; a single one stays on this thread.
template <void (MatMul::*kTask)(int64_t)>
OrtStatus* RunTasks(const OrtApi& api, OrtKernelContext* context, MatMul* matmul, int64_t count) {
  const OrtParallelFn run = [](void* user_data, size_t index) {
    (static_cast<MatMul*>(user_data)->*kTask)(static_cast<int64_t>(index));
  };
  if (count == 1) run(matmul, 0);
  if (count <= 1) return nullptr;
  const size_t total = static_cast<size_t>(count);
  // As many batches as tasks: each thread takes the next one when it is done, so that a slow core holds up nothing.
  return api.KernelContext_ParallelFor()(context, run, total, total, matmul);
}

OrtStatus* Run(const OrtApi& api, OrtKernelContext* context, MatMul* matmul) {
  RETURN_IF_ERROR(RunTasks<&MatMul::QuantizeTask>(api, context, matmul, matmul->QuantizeTasks()));
  return RunTasks<&MatMul::MultiplyTask>(api, context, matmul, matmul->MultiplyTasks());
}

OrtStatus* RunWithAllocator(const NodeKernel& kernel, OrtKernelContext* context, MatMul* matmul, const float* x,
                            float* y) {
  const OrtApi& api = *kernel.api;
  OrtAllocator* allocator = nullptr;
  RETURN_IF_ERROR(api.KernelContext_GetAllocator()(context, kernel.memory, &allocator));
  void* scratch = nullptr;
  OrtStatus* status = api.AllocatorAlloc()(allocator, matmul->ScratchBytes(), &scratch);
  if (status == nullptr) {
    matmul->Bind(scratch, x, y);
    status = Run(api, context, matmul);
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

}  // namespace

OrtStatus* ORT_CALL CreateKernel(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info, void** out) {
  NodeKernel* kernel = static_cast<NodeKernel*>(calloc(1, sizeof(NodeKernel)));
  if (kernel == nullptr) return api->CreateStatus()(kOrtFail, "CustomBitMatMul: found no memory for a kernel");
  kernel->api = api;
  OrtStatus* status = ReadNode(*api, info, &kernel->node);
  if (status == nullptr) status = ReadIsas(kernel);
  if (status == nullptr) status = PlaceWeights(*reinterpret_cast<const Op*>(op), info, kernel);
  if (status == nullptr) status = api->CreateCpuMemoryInfo()(kOrtArenaAllocator, kOrtMemTypeDefault, &kernel->memory);
  if (status != nullptr) {
    DestroyKernel(kernel);
    return status;
  }
  *out = kernel;
  return nullptr;
}

OrtStatus* ORT_CALL ComputeKernel(void* opaque, OrtKernelContext* context) {
  const NodeKernel& kernel = *static_cast<const NodeKernel*>(opaque);
  const OrtApi& api = *kernel.api;
  const float* x = nullptr;
  float* y = nullptr;
  int64_t m = 0;
  Shape shape{};
  RETURN_IF_ERROR(ReadX(kernel, context, &x, &m, &shape));
  RETURN_IF_ERROR(GetY(api, context, shape, &y));
  if (m == 0) return nullptr;
  Message message;
  const int32_t index = bitmatmul_choose_kernel(&kernel.node.problem.spec, m, bitmatmul_cpu_features(), kernel.isas,
                                                message.text, sizeof(message.text));
  if (index < 0) return Invalid(kernel, message.text);

  MatMul matmul(kernel.node.problem, KernelAt(index), m);
  if (matmul.ScratchBytes() > kStackScratchBytes) return RunWithAllocator(kernel, context, &matmul, x, y);
  char scratch[kStackScratchBytes];
  matmul.Bind(scratch, x, y);
  return Run(api, context, &matmul);
}

void ORT_CALL DestroyKernel(void* opaque) {
  NodeKernel* kernel = static_cast<NodeKernel*>(opaque);
  if (kernel->weights != nullptr) ReleaseHugePageCopy(kernel->weights, kernel->weight_bytes);
  if (kernel->memory != nullptr) kernel->api->ReleaseMemoryInfo()(kernel->memory);
  free(kernel);
}

}  // namespace bitmatmul
