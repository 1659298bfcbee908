#include "ort/run.h"

namespace bitmatmul {
namespace {

// X[..., K] to M, and to the dimensions of Y[..., N].
OrtStatus* ReadX(const OrtApi& api, OrtKernelContext* context, const NodeId& node, int64_t k, int64_t n, Operands* out,
                 Shape* y_shape) {
  const OrtValue* value = nullptr;
  RETURN_IF_ERROR(api.KernelContext_GetInput()(context, 0, &value));
  OrtElementType type = kOrtUndefined;
  RETURN_IF_ERROR(ReadTensor(api, value, &type, y_shape));
  if (type != kOrtFloat || y_shape->rank == 0 || y_shape->dims[y_shape->rank - 1] != k) {
    char shape[128];
    FormatShape(*y_shape, shape, sizeof(shape));
    Message message;
    Fail(message.error(), 0, "input X: found element type %d and shape %s, wanted float32 (1) and [..., %lld]", type,
         shape, static_cast<long long>(k));
    return NodeStatus(api, kOrtInvalidArgument, node, message.text);
  }
  out->m = 1;
  for (size_t i = 0; i + 1 < y_shape->rank; ++i) out->m *= y_shape->dims[i];
  y_shape->dims[y_shape->rank - 1] = n;
  void* data = nullptr;
  RETURN_IF_ERROR(api.GetTensorMutableData()(const_cast<OrtValue*>(value), &data));
  out->x = static_cast<const float*>(data);
  return nullptr;
}

}  // namespace

OrtStatus* ReadOperands(const OrtApi& api, OrtKernelContext* context, const NodeId& node, int64_t k, int64_t n,
                        Operands* out) {
  Shape shape{};
  RETURN_IF_ERROR(ReadX(api, context, node, k, n, out, &shape));
  OrtValue* value = nullptr;
  RETURN_IF_ERROR(api.KernelContext_GetOutput()(context, 0, shape.dims, shape.rank, &value));
  void* data = nullptr;
  RETURN_IF_ERROR(api.GetTensorMutableData()(value, &data));
  out->y = static_cast<float*>(data);
  return nullptr;
}

}  // namespace bitmatmul
