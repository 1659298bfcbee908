// Reads a node's attributes and constant inputs when its kernel is created.
#pragma once

#include "ort/session.h"

namespace bitmatmul {

// Room for BITMATMUL_ISA as a node keeps it.
constexpr size_t kIsaListSize = 128;

class NodeReader {
 public:
  NodeReader(const OrtApi& api, const OrtKernelInfo* info, const NodeId& node) : api_(api), info_(info), node_(node) {}

  // Statuses name the node, attribute or input, what was found and what was wanted.

  OrtStatus* Invalid(const char* message) { return NodeStatus(api_, kOrtInvalidArgument, node_, message); }

  OrtStatus* ReadInt(const char* name, const char* wanted, int64_t* out);
  // What is out of int32 becomes -1: no attribute of ours may be that, and the number shown is as wrong.
  OrtStatus* ReadInt32(const char* name, const char* wanted, int32_t* out);
  OrtStatus* ReadFloat(const char* name, const char* wanted, float* out);
  OrtStatus* ReadName(const char* name, const char* wanted, int32_t (*from_name)(const char*), int32_t* out);

  // BITMATMUL_ISA now; "": free choice.
  OrtStatus* ReadIsaOverride(char (&isas)[kIsaListSize]);

  // An optional input is absent where the node has fewer inputs, or an empty name in its place.
  OrtStatus* HasInput(size_t index, bool* out);

  // One or two shapes that an input may have.
  struct Shapes {
    const Shape* first;
    const Shape* second;
  };

  // A constant's elements, ONNX Runtime's own: valid for the life of the session.
  // why: what a wrong shape's message ends with, as in "N = 3, K = 4"
  OrtStatus* ReadConstant(size_t index, const char* name, OrtElementType wanted_type, const Shapes& wanted,
                          const char* why, const void** data, int64_t* count);

 private:
  OrtStatus* Wrap(const char* what, OrtStatus* status);
  OrtStatus* MissingAttribute(const char* name, const char* wanted, OrtStatus* status);
  OrtStatus* BadShape(const char* name, const Shape& found, const Shapes& wanted, const char* why);

  const OrtApi& api_;
  const OrtKernelInfo* info_;
  const NodeId& node_;
};

// The node's name; one that is too long is described.
NodeId ReadNodeId(const OrtApi& api, const OrtKernelInfo* info, const char* op);

}  // namespace bitmatmul
