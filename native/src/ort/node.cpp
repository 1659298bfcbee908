#include "ort/node.h"

#include <cstdio>
#include <cstring>

namespace bitmatmul {
namespace {

class NodeReader {
 public:
  NodeReader(const OrtApi& api, const OrtKernelInfo* info, Node* node) : api_(api), info_(info), node_(node) {}

  OrtStatus* Read() {
    ReadName();
    bitmatmul_problem& p = node_->problem;
    p = {};
    RETURN_IF_ERROR(ReadInt("K", "an int in 1..132104", &p.spec.k));
    RETURN_IF_ERROR(ReadInt("N", "an int > 0", &p.spec.n));
    int64_t block_size = 0;
    RETURN_IF_ERROR(ReadInt("block_size", "0, 32, 64, 128 or 256", &block_size));
    // Out of int32 is out of the valid values; the check below then shows a number that is as wrong.
    p.spec.block_size = block_size < 0 || block_size > INT32_MAX ? -1 : static_cast<int32_t>(block_size);
    RETURN_IF_ERROR(
        ReadName("packing", "'binary32', 'ternary16' or 'ternary20'", bitmatmul_packing_from_name, &p.spec.packing));
    RETURN_IF_ERROR(ReadName("activation", "'int8' or 'sign'", bitmatmul_activation_from_name, &p.spec.activation));
    Message message;
    if (bitmatmul_check_spec(&p.spec, message.text, sizeof(message.text)) != BITMATMUL_OK) return Invalid(message.text);
    RETURN_IF_ERROR(ReadInputs());
    // Reads every packed weight once: it also brings a mapped file into memory, which the first token would have to.
    if (bitmatmul_check_problem(&p, message.text, sizeof(message.text)) != BITMATMUL_OK) return Invalid(message.text);
    return nullptr;
  }

 private:
  OrtStatus* Invalid(const char* message) { return NodeStatus(api_, kOrtInvalidArgument, node_->name, message); }

  // Puts the node's name in front of a status of ONNX Runtime's own, after what we were at.
  OrtStatus* Wrap(const char* what, OrtStatus* status) {
    Message message;
    Fail(message.error(), 0, "%s: %s", what, api_.GetErrorMessage()(status));
    api_.ReleaseStatus()(status);
    return Invalid(message.text);
  }

  void ReadName() {
    size_t size = sizeof(node_->name);
    if (OrtStatus* status = api_.KernelInfo_GetNodeName()(info_, node_->name, &size)) {
      api_.ReleaseStatus()(status);
      strcpy(node_->name, "(name longer than 255)");
    }
  }

  OrtStatus* MissingAttribute(const char* name, const char* wanted, OrtStatus* status) {
    Message message;
    Fail(message.error(), 0, "attribute %s: found none, or one of another type (%s), wanted %s", name,
         api_.GetErrorMessage()(status), wanted);
    api_.ReleaseStatus()(status);
    return Invalid(message.text);
  }

  OrtStatus* ReadInt(const char* name, const char* wanted, int64_t* out) {
    OrtStatus* status = api_.KernelInfoGetAttribute_int64()(info_, name, out);
    return status == nullptr ? nullptr : MissingAttribute(name, wanted, status);
  }

  OrtStatus* ReadName(const char* name, const char* wanted, int32_t (*from_name)(const char*), int32_t* out) {
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

  OrtStatus* ReadInputs() {
    bitmatmul_problem& p = node_->problem;
    const int64_t tiles = bitmatmul_row_tiles(&p.spec);
    const Shape weights{3, {tiles, bitmatmul_words_per_row(&p.spec), BITMATMUL_TILE_ROWS}};
    const Shape blocked{3, {tiles, bitmatmul_blocks(&p.spec), BITMATMUL_TILE_ROWS}};
    const Shape row{1, {p.spec.n}};
    const Shape single{1, {1}};
    const void* data = nullptr;
    RETURN_IF_ERROR(ReadConstant(kInputW, "W", kOrtInt32, {&weights, nullptr}, &data, &p.weight_count));
    p.weights = static_cast<const int32_t*>(data);
    const Shapes scale = p.spec.block_size > 0 ? Shapes{&blocked, nullptr} : Shapes{&single, &row};
    RETURN_IF_ERROR(ReadConstant(kInputScale, "scale", kOrtFloat, scale, &data, &p.scale_count));
    p.scale = static_cast<const float*>(data);
    bool has_bias = false;
    RETURN_IF_ERROR(HasInput(kInputBias, &has_bias));
    if (!has_bias) return nullptr;
    RETURN_IF_ERROR(ReadConstant(kInputBias, "bias", kOrtFloat, {&row, nullptr}, &data, &p.bias_count));
    p.bias = static_cast<const float*>(data);
    return nullptr;
  }

  // An optional input is absent where the node has fewer inputs, or an empty name in its place.
  OrtStatus* HasInput(size_t index, bool* out) {
    size_t count = 0;
    RETURN_IF_ERROR(api_.KernelInfo_GetInputCount()(info_, &count));
    *out = false;
    if (index >= count) return nullptr;
    size_t size = 0;
    RETURN_IF_ERROR(api_.KernelInfo_GetInputName()(info_, index, nullptr, &size));
    *out = size > 1;  // the terminating zero counts
    return nullptr;
  }

  // One or two shapes that an input may have.
  struct Shapes {
    const Shape* first;
    const Shape* second;
  };

  OrtStatus* ReadConstant(size_t index, const char* name, OrtElementType wanted_type, const Shapes& wanted,
                          const void** data, int64_t* count) {
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
      Fail(message.error(), 0, "input %s: found element type %d, wanted %s", name, type,
           wanted_type == kOrtInt32 ? "int32 (6)" : "float32 (1)");
      return Invalid(message.text);
    }
    if (!Equal(shape, *wanted.first) && (wanted.second == nullptr || !Equal(shape, *wanted.second))) {
      return BadShape(name, shape, wanted);
    }
    *count = Elements(shape);
    void* mutable_data = nullptr;
    if (OrtStatus* status = api_.GetTensorMutableData()(const_cast<OrtValue*>(value), &mutable_data)) {
      return Wrap(name, status);
    }
    *data = mutable_data;
    return nullptr;
  }

  OrtStatus* BadShape(const char* name, const Shape& found, const Shapes& wanted) {
    char found_text[128], first[128], second[128];
    FormatShape(found, found_text, sizeof(found_text));
    FormatShape(*wanted.first, first, sizeof(first));
    if (wanted.second != nullptr) FormatShape(*wanted.second, second, sizeof(second));
    const bitmatmul_spec& spec = node_->problem.spec;
    Message message;
    Fail(message.error(), 0, "input %s: found shape %s, wanted %s%s%s (N = %lld, K = %lld, packing %s, block_size %d)",
         name, found_text, first, wanted.second == nullptr ? "" : " or ", wanted.second == nullptr ? "" : second,
         static_cast<long long>(spec.n), static_cast<long long>(spec.k), bitmatmul_packing_name(spec.packing),
         spec.block_size);
    return Invalid(message.text);
  }

  static bool Equal(const Shape& a, const Shape& b) {
    return a.rank == b.rank && memcmp(a.dims, b.dims, a.rank * sizeof(a.dims[0])) == 0;
  }

  static int64_t Elements(const Shape& shape) {
    int64_t count = 1;
    for (size_t i = 0; i < shape.rank; ++i) count *= shape.dims[i];
    return count;
  }

  const OrtApi& api_;
  const OrtKernelInfo* info_;
  Node* node_;
};

}  // namespace

OrtStatus* ReadNode(const OrtApi& api, const OrtKernelInfo* info, Node* node) {
  return NodeReader(api, info, node).Read();
}

}  // namespace bitmatmul
