// The op as ONNX Runtime sees it, one instance a registration.
#pragma once

#include "ort/ort_abi.h"

namespace bitmatmul {

// ONNX Runtime hands the first member back; shape inference needs the API that came with the registration.
struct Op {
  OrtCustomOp base;
  const OrtApi* api;
};

void FillOp(const OrtApi* api, Op* op);

}  // namespace bitmatmul
