#include "ort/rms_norm_reader.h"

#include <cstdio>

#include "rms_norm.h"

namespace bitmatmul {

OrtStatus* ReadRmsNorm(NodeReader* reader, size_t weight, bitmatmul_rms_norm_problem* out) {
  RETURN_IF_ERROR(reader->ReadInt("N", "an int > 0", &out->n));
  RETURN_IF_ERROR(reader->ReadFloat("epsilon", "a float > 0", &out->epsilon));
  Message message;
  if (CheckRmsNormAttributes(out->n, out->epsilon, message.text, sizeof(message.text)) != BITMATMUL_OK) {
    return reader->Invalid(message.text);
  }
  const Shape shape{1, {out->n}};
  char why[64];
  snprintf(why, sizeof(why), "N = %lld", static_cast<long long>(out->n));
  const void* data = nullptr;
  RETURN_IF_ERROR(reader->ReadConstant(weight, "weight", kOrtFloat, {&shape, nullptr}, why, &data, &out->weight_count));
  out->weight = static_cast<const float*>(data);
  const int32_t status = bitmatmul_rms_norm_check_problem(out, message.text, sizeof(message.text));
  return status == BITMATMUL_OK ? nullptr : reader->Invalid(message.text);
}

}  // namespace bitmatmul
