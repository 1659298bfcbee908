// CustomBitMatMul as an operator of ONNX Runtime.
#include <cstdio>

#include "bitmatmul/matmul.h"
#include "matmul.h"
#include "ort/operator.h"

namespace bitmatmul {
namespace {

enum Input : size_t { kInputX, kInputW, kInputScale, kInputBias };

class BitMatMulReader : public NodeReader {
 public:
  using NodeReader::NodeReader;

  OrtStatus* Read(bitmatmul_problem* p) {
    RETURN_IF_ERROR(ReadInt("K", "an int in 1..132104", &p->spec.k));
    RETURN_IF_ERROR(ReadInt("N", "an int > 0", &p->spec.n));
    RETURN_IF_ERROR(ReadInt32("block_size", "0, 32, 64, 128 or 256", &p->spec.block_size));
    RETURN_IF_ERROR(
        ReadName("packing", "'binary32', 'ternary16' or 'ternary20'", bitmatmul_packing_from_name, &p->spec.packing));
    RETURN_IF_ERROR(ReadName("activation", "'int8' or 'sign'", bitmatmul_activation_from_name, &p->spec.activation));
    Message message;
    if (bitmatmul_check_spec(&p->spec, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return Invalid(message.text);
    }
    RETURN_IF_ERROR(ReadInputs(p));
    // Reads every packed weight once: it also brings a mapped file into memory, which the first token would have to.
    if (bitmatmul_check_problem(p, message.text, sizeof(message.text)) != BITMATMUL_OK) return Invalid(message.text);
    return nullptr;
  }

 private:
  OrtStatus* ReadInputs(bitmatmul_problem* p) {
    const bitmatmul_spec& spec = p->spec;
    const int64_t tiles = bitmatmul_row_tiles(&spec);
    const Shape weights{3, {tiles, bitmatmul_words_per_row(&spec), BITMATMUL_TILE_ROWS}};
    const Shape blocked{3, {tiles, bitmatmul_blocks(&spec), BITMATMUL_TILE_ROWS}};
    const Shape row{1, {spec.n}};
    const Shape single{1, {1}};
    char why[128];
    snprintf(why, sizeof(why), "N = %lld, K = %lld, packing %s, block_size %d", static_cast<long long>(spec.n),
             static_cast<long long>(spec.k), bitmatmul_packing_name(spec.packing), spec.block_size);
    const void* data = nullptr;
    RETURN_IF_ERROR(ReadConstant(kInputW, "W", kOrtInt32, {&weights, nullptr}, why, &data, &p->weight_count));
    p->weights = static_cast<const int32_t*>(data);
    const Shapes scale = spec.block_size > 0 ? Shapes{&blocked, nullptr} : Shapes{&single, &row};
    RETURN_IF_ERROR(ReadConstant(kInputScale, "scale", kOrtFloat, scale, why, &data, &p->scale_count));
    p->scale = static_cast<const float*>(data);
    bool has_bias = false;
    RETURN_IF_ERROR(HasInput(kInputBias, &has_bias));
    if (!has_bias) return nullptr;
    RETURN_IF_ERROR(ReadConstant(kInputBias, "bias", kOrtFloat, {&row, nullptr}, why, &data, &p->bias_count));
    p->bias = static_cast<const float*>(data);
    return nullptr;
  }
};

struct BitMatMul {
  static constexpr const char* kName = "CustomBitMatMul";
  static constexpr OperatorInput kInputs[] = {
      {kOrtFloat, kOrtRequired}, {kOrtInt32, kOrtRequired}, {kOrtFloat, kOrtRequired}, {kOrtFloat, kOrtOptional}};
  using Problem = bitmatmul_problem;
  using Product = MatMul;

  static OrtStatus* Read(const OrtApi& api, const OrtKernelInfo* info, const NodeId& node, Problem* problem) {
    return BitMatMulReader(api, info, node).Read(problem);
  }
  static int32_t Choose(const Problem& problem, int64_t m, const char* isas, Error error) {
    return bitmatmul_choose_kernel(&problem.spec, m, bitmatmul_cpu_features(), isas, error.text, error.size);
  }
  static Product Make(const Problem& problem, int32_t kernel, int64_t m) { return {problem, KernelAt(kernel), m}; }
};

}  // namespace

void FillBitMatMulOp(OrtCustomOp* base) { OperatorFunctions<BitMatMul>::Fill(base); }

}  // namespace bitmatmul
