// Small wrappers over the C ABI: statuses with the node's name in front, and shapes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "error.h"
#include "ort/ort_abi.h"

namespace bitmatmul {

constexpr size_t kMessageSize = 768;
constexpr size_t kMaxRank = 16;

struct Message {
  char text[kMessageSize];
  Error error() { return {text, sizeof(text)}; }
};

struct Shape {
  size_t rank;
  int64_t dims[kMaxRank];
};

// Which node a status is about.
struct NodeId {
  const char* op;
  char name[256];
};

// In a wanted shape: any length.
constexpr int64_t kAnyDimension = -1;

bool Fits(const Shape& found, const Shape& wanted);

int64_t Elements(const Shape& shape);

// As in "float32 (1)".
const char* TypeName(OrtElementType type);

// Reads the type and dimensions of a tensor. Fails where it is not a tensor or has more than kMaxRank dimensions.
OrtStatus* ReadTensor(const OrtApi& api, const OrtValue* value, OrtElementType* type, Shape* shape);

// "[2, 3, 16]", cut to the size; any length is "any".
void FormatShape(const Shape& shape, char* text, size_t size);

// An error status that starts with "CustomBitMatMul node 'NAME': ".
OrtStatus* NodeStatus(const OrtApi& api, OrtErrorCode code, const NodeId& node, const char* message);

}  // namespace bitmatmul

// Leaves the function with the status where it is an error.
#define RETURN_IF_ERROR(expression)                              \
  do {                                                           \
    if (OrtStatus* const status_ = (expression)) return status_; \
  } while (false)
