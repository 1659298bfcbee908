// An op of ours as ONNX Runtime sees it: how its kernels are created and run, and the functions of its OrtCustomOp.
// What differs between ops is a struct with
//   kName                               the op's type
//   kInputs                             the types of its inputs, X first, and which may be left out
//   Problem                             of the flat C API: spec.n, spec.k, weights, weight_count
//   Product                             one run of it in tasks, as MatMul of matmul.h
//   Read(api, info, node, problem)      reads and checks a node
//   Choose(problem, m, isas, error)     the index of its kernel, or -1
//   Make(problem, kernel, m)            a Product
#pragma once

#include <cstdlib>
#include <cstring>

#include "bitmatmul/cpu_info.h"
#include "bitmatmul/kernels.h"
#include "ort/custom_op.h"
#include "ort/huge_pages.h"
#include "ort/node_reader.h"
#include "ort/run.h"
#include "ort/shape_inference.h"

namespace bitmatmul {

struct OperatorInput {
  OrtElementType type;
  OrtInputCharacteristic characteristic;
};

template <class Operator>
struct OperatorKernel {
  using Problem = typename Operator::Problem;
  using Product = typename Operator::Product;

  const OrtApi* api;
  OrtMemoryInfo* memory;
  NodeId node;
  Problem problem;
  char isas[kIsaListSize];  // BITMATMUL_ISA when the kernel was created; "": free choice
  const void* weights;      // a copy in huge pages; null: the problem's weights are ONNX Runtime's
  size_t weight_bytes;

  OrtStatus* Invalid(const char* message) const { return NodeStatus(*api, kOrtInvalidArgument, node, message); }

  OrtStatus* Create(const Op& op, const OrtKernelInfo* info) {
    node = ReadNodeId(*api, info, Operator::kName);
    RETURN_IF_ERROR(Operator::Read(*api, info, node, &problem));
    RETURN_IF_ERROR(ReadIsas(info));
    RETURN_IF_ERROR(PlaceWeights(op, info));
    return api->CreateCpuMemoryInfo()(kOrtArenaAllocator, kOrtMemTypeDefault, &memory);
  }

  void Destroy() {
    if (weights != nullptr) ReleaseHugePageCopy(weights, weight_bytes);
    if (memory != nullptr) api->ReleaseMemoryInfo()(memory);
  }

  OrtStatus* Compute(OrtKernelContext* context) const {
    Operands operands;
    RETURN_IF_ERROR(ReadOperands(*api, context, node, problem.spec.k, problem.spec.n, &operands));
    if (operands.m == 0) return nullptr;
    Message message;
    const int32_t index = Operator::Choose(problem, operands.m, isas, message.error());
    if (index < 0) return Invalid(message.text);
    Product product = Operator::Make(problem, index, operands.m);
    return RunProduct(*api, context, memory, &product, operands.x, operands.y);
  }

 private:
  // Keeps BITMATMUL_ISA, and refuses it now where it does not suit this node or this CPU.
  OrtStatus* ReadIsas(const OrtKernelInfo* info) {
    RETURN_IF_ERROR(NodeReader(*api, info, node).ReadIsaOverride(isas));
    if (isas[0] == '\0') return nullptr;
    Message message;
    return Operator::Choose(problem, 1, isas, message.error()) >= 0 ? nullptr : Invalid(message.text);
  }

  // Where the session asks for it, moves the weights from the mapped file into huge pages.
  OrtStatus* PlaceWeights(const Op& op, const OrtKernelInfo* info) {
    WeightMemory place = op.weights;
    if (op.api24 != nullptr) RETURN_IF_ERROR(ReadWeightMemory(*api, *op.api24, info, &place));
    if (place == WeightMemory::kMapped) return nullptr;
    const size_t bytes = static_cast<size_t>(problem.weight_count) * sizeof(problem.weights[0]);
    Message message;
    weights = CopyToHugePages(problem.weights, bytes, message.error());
    if (weights == nullptr) return Invalid(message.text);
    weight_bytes = bytes;
    ReturnFilePages(problem.weights, bytes);
    problem.weights = static_cast<decltype(problem.weights)>(weights);
    return nullptr;
  }
};

// The members of an OrtCustomOp. An op without weights has a Kernel of its own: api, Create, Compute and Destroy.
template <class Operator, class Kernel = OperatorKernel<Operator>>
struct OperatorFunctions {
  static constexpr size_t kInputCount = sizeof(Operator::kInputs) / sizeof(Operator::kInputs[0]);

  static OrtStatus* ORT_CALL CreateKernel(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info,
                                          void** out) {
    Kernel* kernel = static_cast<Kernel*>(calloc(1, sizeof(Kernel)));
    if (kernel == nullptr) return api->CreateStatus()(kOrtFail, "ai.bitnet: found no memory for a kernel");
    kernel->api = api;
    if (OrtStatus* status = kernel->Create(*reinterpret_cast<const Op*>(op), info)) {
      DestroyKernel(kernel);
      return status;
    }
    *out = kernel;
    return nullptr;
  }
  static OrtStatus* ORT_CALL ComputeKernel(void* kernel, OrtKernelContext* context) {
    return static_cast<const Kernel*>(kernel)->Compute(context);
  }
  static void ORT_CALL DestroyKernel(void* kernel) {
    static_cast<Kernel*>(kernel)->Destroy();
    free(kernel);
  }

  static const char* ORT_CALL GetName(const OrtCustomOp*) { return Operator::kName; }
  static const char* ORT_CALL GetExecutionProviderType(const OrtCustomOp*) { return nullptr; }  // the CPU
  static size_t ORT_CALL GetInputCount(const OrtCustomOp*) { return kInputCount; }
  static size_t ORT_CALL GetOutputCount(const OrtCustomOp*) { return 1; }
  static OrtElementType ORT_CALL GetInputType(const OrtCustomOp*, size_t index) {
    return Operator::kInputs[index].type;
  }
  static OrtElementType ORT_CALL GetOutputType(const OrtCustomOp*, size_t) { return kOrtFloat; }
  static OrtInputCharacteristic ORT_CALL GetInputCharacteristic(const OrtCustomOp*, size_t index) {
    return Operator::kInputs[index].characteristic;
  }
  static OrtInputCharacteristic ORT_CALL GetOutputCharacteristic(const OrtCustomOp*, size_t) { return kOrtRequired; }
  static OrtMemType ORT_CALL GetInputMemoryType(const OrtCustomOp*, size_t) { return kOrtMemTypeDefault; }
  static int ORT_CALL GetVariadicMinArity(const OrtCustomOp*) { return 0; }
  static int ORT_CALL GetVariadicHomogeneity(const OrtCustomOp*) { return 0; }
  static int ORT_CALL GetStartVersion(const OrtCustomOp*) { return 1; }
  static int ORT_CALL GetEndVersion(const OrtCustomOp*) { return 0x7fffffff; }

  static void Fill(OrtCustomOp* base) {
    base->version = kOrtApiVersion;
    base->GetName = GetName;
    base->GetExecutionProviderType = GetExecutionProviderType;
    base->GetInputType = GetInputType;
    base->GetInputTypeCount = GetInputCount;
    base->GetOutputType = GetOutputType;
    base->GetOutputTypeCount = GetOutputCount;
    base->KernelDestroy = DestroyKernel;
    base->GetInputCharacteristic = GetInputCharacteristic;
    base->GetOutputCharacteristic = GetOutputCharacteristic;
    base->GetInputMemoryType = GetInputMemoryType;
    base->GetVariadicInputMinArity = GetVariadicMinArity;
    base->GetVariadicInputHomogeneity = GetVariadicHomogeneity;
    base->GetVariadicOutputMinArity = GetVariadicMinArity;
    base->GetVariadicOutputHomogeneity = GetVariadicHomogeneity;
    base->CreateKernelV2 = CreateKernel;
    base->KernelComputeV2 = ComputeKernel;
    base->InferOutputShapeFn = InferOutputShape;
    base->GetStartVersion = GetStartVersion;
    base->GetEndVersion = GetEndVersion;
  }
};

}  // namespace bitmatmul
