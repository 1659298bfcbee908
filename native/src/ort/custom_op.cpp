#include "ort/custom_op.h"

#include "ort/kernel.h"
#include "ort/node.h"
#include "ort/shape_inference.h"

namespace bitmatmul {
namespace {

const char* ORT_CALL GetName(const OrtCustomOp*) { return "CustomBitMatMul"; }
const char* ORT_CALL GetExecutionProviderType(const OrtCustomOp*) { return nullptr; }  // the CPU
size_t ORT_CALL GetInputCount(const OrtCustomOp*) { return kInputCount; }
size_t ORT_CALL GetOutputCount(const OrtCustomOp*) { return 1; }
OrtElementType ORT_CALL GetInputType(const OrtCustomOp*, size_t index) {
  return index == kInputW ? kOrtInt32 : kOrtFloat;
}
OrtElementType ORT_CALL GetOutputType(const OrtCustomOp*, size_t) { return kOrtFloat; }
OrtInputCharacteristic ORT_CALL GetInputCharacteristic(const OrtCustomOp*, size_t index) {
  return index == kInputBias ? kOrtOptional : kOrtRequired;
}
OrtInputCharacteristic ORT_CALL GetOutputCharacteristic(const OrtCustomOp*, size_t) { return kOrtRequired; }
OrtMemType ORT_CALL GetInputMemoryType(const OrtCustomOp*, size_t) { return kOrtMemTypeDefault; }
int ORT_CALL GetVariadicMinArity(const OrtCustomOp*) { return 0; }
int ORT_CALL GetVariadicHomogeneity(const OrtCustomOp*) { return 0; }
int ORT_CALL GetStartVersion(const OrtCustomOp*) { return 1; }
int ORT_CALL GetEndVersion(const OrtCustomOp*) { return 0x7fffffff; }

}  // namespace

void FillOp(Op* op) {
  OrtCustomOp& base = op->base;
  base.version = kOrtApiVersion;
  base.GetName = GetName;
  base.GetExecutionProviderType = GetExecutionProviderType;
  base.GetInputType = GetInputType;
  base.GetInputTypeCount = GetInputCount;
  base.GetOutputType = GetOutputType;
  base.GetOutputTypeCount = GetOutputCount;
  base.KernelDestroy = DestroyKernel;
  base.GetInputCharacteristic = GetInputCharacteristic;
  base.GetOutputCharacteristic = GetOutputCharacteristic;
  base.GetInputMemoryType = GetInputMemoryType;
  base.GetVariadicInputMinArity = GetVariadicMinArity;
  base.GetVariadicInputHomogeneity = GetVariadicHomogeneity;
  base.GetVariadicOutputMinArity = GetVariadicMinArity;
  base.GetVariadicOutputHomogeneity = GetVariadicHomogeneity;
  base.CreateKernelV2 = CreateKernel;
  base.KernelComputeV2 = ComputeKernel;
  base.InferOutputShapeFn = InferOutputShape;
  base.GetStartVersion = GetStartVersion;
  base.GetEndVersion = GetEndVersion;
}

}  // namespace bitmatmul
