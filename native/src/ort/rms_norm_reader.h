// Reads what an RMSNorm takes from a node: of CustomRmsNorm, and of ops that a norm follows.
#pragma once

#include "bitmatmul/rms_norm.h"
#include "ort/node_reader.h"

namespace bitmatmul {

// Attributes N and epsilon and the constant weight [N], the input of that index; checked.
OrtStatus* ReadRmsNorm(NodeReader* reader, size_t weight, bitmatmul_rms_norm_problem* out);

}  // namespace bitmatmul
