#include "ort/gqa_reader.h"

#include <cstdio>

#include "gqa.h"

namespace bitmatmul {
namespace {

enum Input : size_t { kQuery, kPastKey, kPastValue, kTotal, kPadding, kCos, kSin, kKey, kValue };
enum Output : size_t { kY, kPresentKey, kPresentValue };

constexpr int64_t kAny = kAnyDimension;

// One of the two constant tables.
OrtStatus* ReadTable(NodeReader* reader, size_t index, const char* name, int64_t positions, int64_t half,
                     const float** data, int64_t* count) {
  const Shape wanted{2, {positions, half}};
  const void* found = nullptr;
  RETURN_IF_ERROR(reader->ReadConstant(index, name, kOrtFloat, {&wanted, nullptr},
                                       positions == kAny ? "half of head_dim" : "as cos", &found, count));
  *data = static_cast<const float*>(found);
  return nullptr;
}

class CallReader {
 public:
  CallReader(const OrtApi& api, OrtKernelContext* context, const NodeId& node)
      : api_(api), context_(context), node_(node) {}

  // shape: wanted, with kAny where that is open; gets what was found
  template <class T>
  OrtStatus* Read(size_t index, const char* name, OrtElementType type, Shape* shape, const T** data, int64_t* count) {
    const OrtValue* value = nullptr;
    RETURN_IF_ERROR(api_.KernelContext_GetInput()(context_, index, &value));
    OrtElementType found_type = kOrtUndefined;
    Shape found{};
    if (value != nullptr) RETURN_IF_ERROR(ReadTensor(api_, value, &found_type, &found));
    if (found_type != type || !Fits(found, *shape)) return BadInput(name, type, *shape, found_type, found);
    *shape = found;
    *count = Elements(found);
    void* memory = nullptr;
    RETURN_IF_ERROR(api_.GetTensorMutableData()(const_cast<OrtValue*>(value), &memory));
    *data = static_cast<const T*>(memory);
    return nullptr;
  }

  OrtStatus* Has(size_t index, bool* out) {
    const OrtValue* value = nullptr;
    RETURN_IF_ERROR(api_.KernelContext_GetInput()(context_, index, &value));
    *out = value != nullptr;
    return nullptr;
  }

  OrtStatus* Output(size_t index, const Shape& shape, float** data, int64_t* count) {
    OrtValue* value = nullptr;
    RETURN_IF_ERROR(api_.KernelContext_GetOutput()(context_, index, shape.dims, shape.rank, &value));
    void* memory = nullptr;
    RETURN_IF_ERROR(api_.GetTensorMutableData()(value, &memory));
    *data = static_cast<float*>(memory);
    *count = Elements(shape);
    return nullptr;
  }

  OrtStatus* Invalid(const char* message) { return NodeStatus(api_, kOrtInvalidArgument, node_, message); }

 private:
  OrtStatus* BadInput(const char* name, OrtElementType wanted_type, const Shape& wanted, OrtElementType found_type,
                      const Shape& found) {
    char found_text[128], wanted_text[128];
    FormatShape(found, found_text, sizeof(found_text));
    FormatShape(wanted, wanted_text, sizeof(wanted_text));
    Message message;
    Fail(message.error(), 0, "input %s: found element type %d and shape %s, wanted %s and %s", name, found_type,
         found_text, TypeName(wanted_type), wanted_text);
    return Invalid(message.text);
  }

  const OrtApi& api_;
  OrtKernelContext* const context_;
  const NodeId& node_;
};

OrtStatus* ReadTokens(CallReader* reader, const bitmatmul_gqa_spec& s, bitmatmul_gqa_call* c) {
  bool has_key = false, has_value = false;
  RETURN_IF_ERROR(reader->Has(kKey, &has_key));
  RETURN_IF_ERROR(reader->Has(kValue, &has_value));
  if (has_key != has_value) {
    return reader->Invalid(has_key ? "input value: found none, wanted both key and value or neither"
                                   : "input key: found none, wanted both key and value or neither");
  }
  const int64_t kv = s.kv_num_heads * s.head_dim;
  Shape query{3, {kAny, kAny, s.num_heads * s.head_dim + (has_key ? 0 : 2 * kv)}};
  RETURN_IF_ERROR(reader->Read(kQuery, "query", kOrtFloat, &query, &c->query, &c->query_count));
  c->batch = query.dims[0];
  c->tokens = query.dims[1];
  if (!has_key) return nullptr;
  Shape key{3, {c->batch, c->tokens, kv}}, value = key;
  RETURN_IF_ERROR(reader->Read(kKey, "key", kOrtFloat, &key, &c->key, &c->key_count));
  return reader->Read(kValue, "value", kOrtFloat, &value, &c->value, &c->value_count);
}

OrtStatus* ReadCache(CallReader* reader, const bitmatmul_gqa_spec& s, bitmatmul_gqa_call* c) {
  Shape key{4, {c->batch, s.kv_num_heads, kAny, s.head_dim}};
  RETURN_IF_ERROR(reader->Read(kPastKey, "past_key", kOrtFloat, &key, &c->past_key, &c->past_key_count));
  c->past_capacity = key.dims[2];
  Shape value = key, total{1, {1}}, padding{1, {c->batch}};
  RETURN_IF_ERROR(reader->Read(kPastValue, "past_value", kOrtFloat, &value, &c->past_value, &c->past_value_count));
  const int64_t* columns = nullptr;
  int64_t one = 0;
  RETURN_IF_ERROR(reader->Read(kTotal, "total", kOrtInt64, &total, &columns, &one));
  c->total = *columns;
  return reader->Read(kPadding, "padding", kOrtInt64, &padding, &c->padding, &c->padding_count);
}

}  // namespace

OrtStatus* ReadGqaProblem(NodeReader* reader, bitmatmul_gqa_problem* p) {
  RETURN_IF_ERROR(reader->ReadInt("num_heads", "an int > 0", &p->spec.num_heads));
  RETURN_IF_ERROR(reader->ReadInt("kv_num_heads", "an int > 0", &p->spec.kv_num_heads));
  RETURN_IF_ERROR(reader->ReadInt("head_dim", "a multiple of 16", &p->spec.head_dim));
  RETURN_IF_ERROR(reader->ReadFloat("scale", "a float > 0", &p->spec.scale));
  Message message;
  if (bitmatmul_gqa_check_spec(&p->spec, message.text, sizeof(message.text)) != BITMATMUL_OK) {
    return reader->Invalid(message.text);
  }
  const int64_t half = p->spec.head_dim / 2;
  RETURN_IF_ERROR(ReadTable(reader, kCos, "cos", kAny, half, &p->cos, &p->cos_count));
  p->positions = p->cos_count / half;
  RETURN_IF_ERROR(ReadTable(reader, kSin, "sin", p->positions, half, &p->sin, &p->sin_count));
  const int32_t status = bitmatmul_gqa_check_problem(p, message.text, sizeof(message.text));
  return status == BITMATMUL_OK ? nullptr : reader->Invalid(message.text);
}

OrtStatus* ReadGqaCall(const OrtApi& api, OrtKernelContext* context, const NodeId& node,
                       const bitmatmul_gqa_problem& problem, bitmatmul_gqa_call* c) {
  const bitmatmul_gqa_spec& s = problem.spec;
  CallReader reader(api, context, node);
  RETURN_IF_ERROR(ReadTokens(&reader, s, c));
  RETURN_IF_ERROR(ReadCache(&reader, s, c));
  Message message;
  // Before any output of these sizes is made.
  if (CheckGqaInputs(problem, *c, message.error()) != BITMATMUL_OK) return reader.Invalid(message.text);
  const Shape y{3, {c->batch, c->tokens, s.num_heads * s.head_dim}};
  const int64_t capacity = c->past_capacity > c->total ? c->past_capacity : c->total;
  const Shape present{4, {c->batch, s.kv_num_heads, capacity, s.head_dim}};
  RETURN_IF_ERROR(reader.Output(kY, y, &c->y, &c->y_count));
  RETURN_IF_ERROR(reader.Output(kPresentKey, present, &c->present_key, &c->present_key_count));
  return reader.Output(kPresentValue, present, &c->present_value, &c->present_value_count);
}

}  // namespace bitmatmul
