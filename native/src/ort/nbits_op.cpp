// CustomMatMulNBits as an operator of ONNX Runtime.
#include <cstdio>

#include "nbits_matmul.h"
#include "ort/operator.h"

namespace bitmatmul {
namespace {

enum Input : size_t { kInputX, kInputW, kInputScale };

class NBitsReader : public NodeReader {
 public:
  using NodeReader::NodeReader;

  OrtStatus* Read(bitmatmul_nbits_problem* p) {
    RETURN_IF_ERROR(ReadInt("K", "an int in 1..132104", &p->spec.k));
    RETURN_IF_ERROR(ReadInt("N", "an int > 0", &p->spec.n));
    RETURN_IF_ERROR(ReadInt32("bits", "8 or 4", &p->spec.bits));
    RETURN_IF_ERROR(ReadInt32("block_size", "0, 16, 32, 64, 128 or 256", &p->spec.block_size));
    Message message;
    if (bitmatmul_nbits_check_spec(&p->spec, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return Invalid(message.text);
    }
    RETURN_IF_ERROR(ReadInputs(p));
    if (bitmatmul_nbits_check_problem(p, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return Invalid(message.text);
    }
    return nullptr;
  }

 private:
  OrtStatus* ReadInputs(bitmatmul_nbits_problem* p) {
    const bitmatmul_nbits_spec& spec = p->spec;
    const Shape weights{2, {spec.n, bitmatmul_nbits_row_bytes(&spec)}};
    const Shape scale{2, {spec.n, bitmatmul_nbits_blocks(&spec)}};
    char why[128];
    snprintf(why, sizeof(why), "N = %lld, K = %lld, bits %d, block_size %d", static_cast<long long>(spec.n),
             static_cast<long long>(spec.k), spec.bits, spec.block_size);
    const void* data = nullptr;
    RETURN_IF_ERROR(ReadConstant(kInputW, "W", kOrtUint8, {&weights, nullptr}, why, &data, &p->weight_count));
    p->weights = static_cast<const uint8_t*>(data);
    RETURN_IF_ERROR(ReadConstant(kInputScale, "scale", kOrtFloat, {&scale, nullptr}, why, &data, &p->scale_count));
    p->scale = static_cast<const float*>(data);
    return nullptr;
  }
};

struct NBits {
  static constexpr const char* kName = "CustomMatMulNBits";
  static constexpr OperatorInput kInputs[] = {
      {kOrtFloat, kOrtRequired}, {kOrtUint8, kOrtRequired}, {kOrtFloat, kOrtRequired}};
  using Problem = bitmatmul_nbits_problem;
  using Product = NBitsMatMul;

  static OrtStatus* Read(const OrtApi& api, const OrtKernelInfo* info, const NodeId& node, Problem* problem) {
    return NBitsReader(api, info, node).Read(problem);
  }
  static int32_t Choose(const Problem&, int64_t, const char* isas, Error error) {
    return bitmatmul_nbits_choose_kernel(bitmatmul_cpu_features(), isas, error.text, error.size);
  }
  static Product Make(const Problem& problem, int32_t kernel, int64_t m) { return {problem, NBitsKernelAt(kernel), m}; }
};

}  // namespace

void FillNBitsOp(OrtCustomOp* base) { OperatorFunctions<NBits>::Fill(base); }

}  // namespace bitmatmul
