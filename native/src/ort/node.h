// A node as found in the model: its attributes and constant inputs, read and checked when its kernel is created.
#pragma once

#include "bitmatmul/matmul.h"
#include "ort/session.h"

namespace bitmatmul {

enum NodeInput : size_t { kInputX, kInputW, kInputScale, kInputBias, kInputCount };

struct Node {
  char name[256];
  bitmatmul_problem problem;
};

// Fills the node, or answers with a status that names node, attribute or input, what was found and what was wanted.
// The problem's pointers are ONNX Runtime's own, valid for the life of the session.
OrtStatus* ReadNode(const OrtApi& api, const OrtKernelInfo* info, Node* node);

}  // namespace bitmatmul
