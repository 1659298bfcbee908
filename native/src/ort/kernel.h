// The op's kernel in a session: created once a node, computed once a run.
#pragma once

#include "ort/ort_abi.h"

namespace bitmatmul {

OrtStatus* ORT_CALL CreateKernel(const OrtCustomOp* op, const OrtApi* api, const OrtKernelInfo* info, void** kernel);
OrtStatus* ORT_CALL ComputeKernel(void* kernel, OrtKernelContext* context);
void ORT_CALL DestroyKernel(void* kernel);

}  // namespace bitmatmul
