// Reads nodes and calls of CustomGroupQueryAttention.
#pragma once

#include "bitmatmul/gqa.h"
#include "ort/node_reader.h"

namespace bitmatmul {

// Attributes and constants, checked.
OrtStatus* ReadGqaProblem(NodeReader* reader, bitmatmul_gqa_problem* problem);

// Inputs, of which shapes and types are checked, and outputs.
OrtStatus* ReadGqaCall(const OrtApi& api, OrtKernelContext* context, const NodeId& node,
                       const bitmatmul_gqa_problem& problem, bitmatmul_gqa_call* call);

}  // namespace bitmatmul
