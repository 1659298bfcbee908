#include "ort/session.h"

#include <cstdio>

namespace bitmatmul {

bool Fits(const Shape& found, const Shape& wanted) {
  if (found.rank != wanted.rank) return false;
  for (size_t i = 0; i < found.rank; ++i) {
    if (wanted.dims[i] != kAnyDimension && found.dims[i] != wanted.dims[i]) return false;
  }
  return true;
}

int64_t Elements(const Shape& shape) {
  int64_t count = 1;
  for (size_t i = 0; i < shape.rank; ++i) count *= shape.dims[i];
  return count;
}

const char* TypeName(OrtElementType type) {
  switch (type) {
    case kOrtFloat:
      return "float32 (1)";
    case kOrtUint8:
      return "uint8 (2)";
    case kOrtInt64:
      return "int64 (7)";
    case kOrtFloat16:
      return "float16 (10)";
    default:
      return "int32 (6)";
  }
}

OrtStatus* ReadTensor(const OrtApi& api, const OrtValue* value, OrtElementType* type, Shape* shape) {
  OrtTensorTypeAndShapeInfo* info = nullptr;
  RETURN_IF_ERROR(api.GetTensorTypeAndShape()(value, &info));
  OrtStatus* status = api.GetTensorElementType()(info, type);
  if (status == nullptr) status = api.GetDimensionsCount()(info, &shape->rank);
  if (status == nullptr && shape->rank > kMaxRank) {
    char text[96];
    snprintf(text, sizeof(text), "found a tensor of rank %zu, wanted at most %zu", shape->rank, kMaxRank);
    status = api.CreateStatus()(kOrtInvalidArgument, text);
  }
  if (status == nullptr) status = api.GetDimensions()(info, shape->dims, shape->rank);
  api.ReleaseTensorTypeAndShapeInfo()(info);
  return status;
}

void FormatShape(const Shape& shape, char* text, size_t size) {
  TextBuilder builder(text, size);
  builder.Append("[");
  for (size_t i = 0; i < shape.rank; ++i) {
    if (i > 0) builder.Append(", ");
    if (shape.dims[i] == kAnyDimension) {
      builder.Append("any");
    } else {
      builder.Append("%lld", static_cast<long long>(shape.dims[i]));
    }
  }
  builder.Append("]");
}

OrtStatus* NodeStatus(const OrtApi& api, OrtErrorCode code, const NodeId& node, const char* message) {
  Message text;
  TextBuilder builder(text.text, sizeof(text.text));
  builder.Append("%s node '%s': %s", node.op, node.name, message);
  return api.CreateStatus()(code, text.text);
}

}  // namespace bitmatmul
