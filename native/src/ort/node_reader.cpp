#include "ort/node_reader.h"

#include <cstdio>
#include <cstring>

#include "bitmatmul/kernels.h"

namespace bitmatmul {

// Puts the node's name in front of a status of ONNX Runtime's own, after what we were at.
OrtStatus* NodeReader::Wrap(const char* what, OrtStatus* status) {
  Message message;
  Fail(message.error(), 0, "%s: %s", what, api_.GetErrorMessage()(status));
  api_.ReleaseStatus()(status);
  return Invalid(message.text);
}

OrtStatus* NodeReader::MissingAttribute(const char* name, const char* wanted, OrtStatus* status) {
  Message message;
  Fail(message.error(), 0, "attribute %s: found none, or one of another type (%s), wanted %s", name,
       api_.GetErrorMessage()(status), wanted);
  api_.ReleaseStatus()(status);
  return Invalid(message.text);
}

OrtStatus* NodeReader::ReadInt(const char* name, const char* wanted, int64_t* out) {
  OrtStatus* status = api_.KernelInfoGetAttribute_int64()(info_, name, out);
  return status == nullptr ? nullptr : MissingAttribute(name, wanted, status);
}

OrtStatus* NodeReader::ReadInt32(const char* name, const char* wanted, int32_t* out) {
  int64_t value = 0;
  RETURN_IF_ERROR(ReadInt(name, wanted, &value));
  *out = value < 0 || value > INT32_MAX ? -1 : static_cast<int32_t>(value);
  return nullptr;
}

OrtStatus* NodeReader::ReadFloat(const char* name, const char* wanted, float* out) {
  OrtStatus* status = api_.KernelInfoGetAttribute_float()(info_, name, out);
  return status == nullptr ? nullptr : MissingAttribute(name, wanted, status);
}

OrtStatus* NodeReader::ReadName(const char* name, const char* wanted, int32_t (*from_name)(const char*), int32_t* out) {
  char value[64] = {};
  size_t size = sizeof(value);
  OrtStatus* status = api_.KernelInfoGetAttribute_string()(info_, name, value, &size);
  if (status != nullptr && size > sizeof(value)) {
    api_.ReleaseStatus()(status);
    status = nullptr;
    snprintf(value, sizeof(value), "(a string of %zu bytes)", size);
  }
  if (status != nullptr) return MissingAttribute(name, wanted, status);
  *out = from_name(value);
  if (*out >= 0) return nullptr;
  Message message;
  Fail(message.error(), 0, "attribute %s: found '%s', wanted %s", name, value, wanted);
  return Invalid(message.text);
}

OrtStatus* NodeReader::HasInput(size_t index, bool* out) {
  size_t count = 0;
  RETURN_IF_ERROR(api_.KernelInfo_GetInputCount()(info_, &count));
  *out = false;
  if (index >= count) return nullptr;
  size_t size = 0;
  RETURN_IF_ERROR(api_.KernelInfo_GetInputName()(info_, index, nullptr, &size));
  *out = size > 1;  // the terminating zero counts
  return nullptr;
}

OrtStatus* NodeReader::ReadConstant(size_t index, const char* name, OrtElementType wanted_type, const Shapes& wanted,
                                    const char* why, const void** data, int64_t* count) {
  int is_constant = 0;
  const OrtValue* value = nullptr;
  if (OrtStatus* status = api_.KernelInfoGetConstantInput_tensor()(info_, index, &is_constant, &value)) {
    return Wrap(name, status);
  }
  Message message;
  if (is_constant == 0 || value == nullptr) {
    Fail(message.error(), 0, "input %s: found a value that is computed or fed, wanted a constant (an initializer)",
         name);
    return Invalid(message.text);
  }
  OrtElementType type = kOrtUndefined;
  Shape shape{};
  if (OrtStatus* status = ReadTensor(api_, value, &type, &shape)) return Wrap(name, status);
  if (type != wanted_type) {
    Fail(message.error(), 0, "input %s: found element type %d, wanted %s", name, type, TypeName(wanted_type));
    return Invalid(message.text);
  }
  if (!Fits(shape, *wanted.first) && (wanted.second == nullptr || !Fits(shape, *wanted.second))) {
    return BadShape(name, shape, wanted, why);
  }
  *count = Elements(shape);
  void* mutable_data = nullptr;
  if (OrtStatus* status = api_.GetTensorMutableData()(const_cast<OrtValue*>(value), &mutable_data)) {
    return Wrap(name, status);
  }
  *data = mutable_data;
  return nullptr;
}

OrtStatus* NodeReader::BadShape(const char* name, const Shape& found, const Shapes& wanted, const char* why) {
  char found_text[128], first[128], second[128];
  FormatShape(found, found_text, sizeof(found_text));
  FormatShape(*wanted.first, first, sizeof(first));
  if (wanted.second != nullptr) FormatShape(*wanted.second, second, sizeof(second));
  Message message;
  Fail(message.error(), 0, "input %s: found shape %s, wanted %s%s%s (%s)", name, found_text, first,
       wanted.second == nullptr ? "" : " or ", wanted.second == nullptr ? "" : second, why);
  return Invalid(message.text);
}

OrtStatus* NodeReader::ReadIsaOverride(char (&isas)[kIsaListSize]) {
  isas[0] = '\0';
  const char* list = bitmatmul_isa_override();
  if (list == nullptr) return nullptr;
  const size_t length = strlen(list);
  if (length < sizeof(isas)) {
    memcpy(isas, list, length + 1);
    return nullptr;
  }
  Message message;
  Fail(message.error(), 0, "BITMATMUL_ISA: found %zu characters, wanted %zu at most", length, sizeof(isas) - 1);
  return Invalid(message.text);
}

NodeId ReadNodeId(const OrtApi& api, const OrtKernelInfo* info, const char* op) {
  NodeId node{op, {}};
  size_t size = sizeof(node.name);
  if (OrtStatus* status = api.KernelInfo_GetNodeName()(info, node.name, &size)) {
    api.ReleaseStatus()(status);
    strcpy(node.name, "(name longer than 255)");
  }
  return node;
}

}  // namespace bitmatmul
