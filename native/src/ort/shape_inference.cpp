#include "ort/shape_inference.h"

#include "bitmatmul/gqa.h"
#include "ort/custom_op.h"
#include "ort/session.h"

namespace bitmatmul {
namespace {

// Creation refuses a missing or wrong attribute with a better message; here it only leaves the shape unknown.
bool ReadSize(const OrtApi& api, const OrtShapeInferContext* context, const char* name, int64_t* n) {
  const OrtOpAttr* attribute = nullptr;
  size_t size = 0;
  OrtStatus* status = api.ShapeInferContext_GetAttribute()(context, name, &attribute);
  if (status == nullptr) status = api.ReadOpAttr()(attribute, kOrtAttributeInt, n, sizeof(*n), &size);
  if (status != nullptr) api.ReleaseStatus()(status);
  return status == nullptr && *n > 0;
}

OrtStatus* ReadDimensions(const OrtApi& api, OrtTensorTypeAndShapeInfo* info, Shape* shape, const char** names) {
  RETURN_IF_ERROR(api.GetDimensionsCount()(info, &shape->rank));
  // ONNX Runtime shows an unknown shape as rank 0. Both that and too high a rank are left to the run.
  if (shape->rank > kMaxRank) shape->rank = 0;
  if (shape->rank == 0) return nullptr;
  RETURN_IF_ERROR(api.GetDimensions()(info, shape->dims, shape->rank));
  return api.GetSymbolicDimensions()(info, names, shape->rank);
}

// A dimension without value or name would reach ONNX Runtime as the value -1, and its optimizer would compute with
// that.
bool AllKnownOrNamed(const Shape& shape, const char* const* names) {
  for (size_t i = 0; i < shape.rank; ++i) {
    if (shape.dims[i] < 0 && (names[i] == nullptr || names[i][0] == '\0')) return false;
  }
  return true;
}

OrtStatus* SetDimensions(const OrtApi& api, OrtShapeInferContext* context, const Shape& shape, const char** names) {
  OrtTensorTypeAndShapeInfo* info = nullptr;
  RETURN_IF_ERROR(api.CreateTensorTypeAndShapeInfo()(&info));
  OrtStatus* status = api.SetTensorElementType()(info, kOrtFloat);
  if (status == nullptr) status = api.SetDimensions()(info, shape.dims, shape.rank);
  if (status == nullptr) status = api.SetSymbolicDimensions()(info, names, shape.rank);
  if (status == nullptr) status = api.ShapeInferContext_SetOutputTypeShape()(context, 0, info);
  api.ReleaseTensorTypeAndShapeInfo()(info);
  return status;
}

// The first output is the first input with n for its last dimension.
OrtStatus* InferLastDimension(const OrtApi& api, OrtShapeInferContext* context, int64_t n) {
  OrtTensorTypeAndShapeInfo* x = nullptr;  // the context's own, with the names of dimensions in it
  RETURN_IF_ERROR(api.ShapeInferContext_GetInputTypeShape()(context, 0, &x));
  Shape shape{};
  const char* names[kMaxRank] = {};
  RETURN_IF_ERROR(ReadDimensions(api, x, &shape, names));
  if (shape.rank == 0) return nullptr;
  shape.dims[shape.rank - 1] = n;
  names[shape.rank - 1] = "";
  if (!AllKnownOrNamed(shape, names)) return nullptr;
  return SetDimensions(api, context, shape, names);
}

}  // namespace

OrtStatus* ORT_CALL InferOutputShape(const OrtCustomOp* op, OrtShapeInferContext* context) {
  const OrtApi& api = *reinterpret_cast<const Op*>(op)->api;
  int64_t n = 0;
  return ReadSize(api, context, "N", &n) ? InferLastDimension(api, context, n) : nullptr;
}

OrtStatus* ORT_CALL InferAttentionShape(const OrtCustomOp* op, OrtShapeInferContext* context) {
  const OrtApi& api = *reinterpret_cast<const Op*>(op)->api;
  int64_t heads = 0, head_dim = 0;
  if (!ReadSize(api, context, "num_heads", &heads) || heads > BITMATMUL_GQA_MAX_HEADS) return nullptr;
  if (!ReadSize(api, context, "head_dim", &head_dim) || head_dim > BITMATMUL_GQA_MAX_HEAD_DIM) return nullptr;
  return InferLastDimension(api, context, heads * head_dim);
}

}  // namespace bitmatmul
