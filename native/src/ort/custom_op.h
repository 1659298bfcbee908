// An op as ONNX Runtime sees it.
#pragma once

#include "ort/ort_abi.h"
#include "ort/weight_memory.h"

namespace bitmatmul {

// ONNX Runtime hands the first member back with each call; the others are what those need to know.
struct Op {
  OrtCustomOp base;
  const OrtApi* api;
  // Null before ONNX Runtime 1.24. Where it is not, a kernel asks it for the weights' memory.
  const OrtApi24* api24;
  // Where it is: as the session options said at registration.
  WeightMemory weights;
};

// Each of these fills the base of an Op whose other members are set.
void FillBitMatMulOp(OrtCustomOp* base);
void FillNBitsOp(OrtCustomOp* base);
void FillF16Op(OrtCustomOp* base);
void FillGatedUnitOp(OrtCustomOp* base);
void FillGqaOp(OrtCustomOp* base);
void FillRmsNormOp(OrtCustomOp* base);

}  // namespace bitmatmul
