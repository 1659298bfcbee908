// The output's shape before anything runs.
#pragma once

#include "ort/ort_abi.h"

namespace bitmatmul {

// Y gets the leading dimensions of X, names of dimensions included; op is an Op (ort/custom_op.h).
OrtStatus* ORT_CALL InferOutputShape(const OrtCustomOp* op, OrtShapeInferContext* context);

// The same with num_heads * head_dim for N. The cache's outputs stay unknown: a value decides about their columns.
OrtStatus* ORT_CALL InferAttentionShape(const OrtCustomOp* op, OrtShapeInferContext* context);

}  // namespace bitmatmul
