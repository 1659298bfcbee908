// CustomMatMulF16 as an operator of ONNX Runtime.
#include <cstdio>

#include "f16_matmul.h"
#include "ort/operator.h"

namespace bitmatmul {
namespace {

enum Input : size_t { kInputX, kInputW };

class F16Reader : public NodeReader {
 public:
  using NodeReader::NodeReader;

  OrtStatus* Read(bitmatmul_f16_problem* p) {
    RETURN_IF_ERROR(ReadInt("K", "an int in 1..1073741824", &p->spec.k));
    RETURN_IF_ERROR(ReadInt("N", "an int > 0", &p->spec.n));
    Message message;
    if (bitmatmul_f16_check_spec(&p->spec, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return Invalid(message.text);
    }
    RETURN_IF_ERROR(ReadWeights(p));
    if (bitmatmul_f16_check_problem(p, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return Invalid(message.text);
    }
    return nullptr;
  }

 private:
  OrtStatus* ReadWeights(bitmatmul_f16_problem* p) {
    const Shape weights{2, {p->spec.n, p->spec.k}};
    char why[64];
    snprintf(why, sizeof(why), "N = %lld, K = %lld", static_cast<long long>(p->spec.n),
             static_cast<long long>(p->spec.k));
    const void* data = nullptr;
    RETURN_IF_ERROR(ReadConstant(kInputW, "W", kOrtFloat16, {&weights, nullptr}, why, &data, &p->weight_count));
    p->weights = static_cast<const uint16_t*>(data);
    return nullptr;
  }
};

struct F16 {
  static constexpr const char* kName = "CustomMatMulF16";
  static constexpr OperatorInput kInputs[] = {{kOrtFloat, kOrtRequired}, {kOrtFloat16, kOrtRequired}};
  using Problem = bitmatmul_f16_problem;
  using Product = F16MatMul;

  static OrtStatus* Read(const OrtApi& api, const OrtKernelInfo* info, const NodeId& node, Problem* problem) {
    return F16Reader(api, info, node).Read(problem);
  }
  static int32_t Choose(const Problem&, int64_t, const char* isas, Error error) {
    return bitmatmul_f16_choose_kernel(bitmatmul_cpu_features(), isas, error.text, error.size);
  }
  static Product Make(const Problem& problem, int32_t kernel, int64_t m) { return {problem, F16KernelAt(kernel), m}; }
};

}  // namespace

void FillF16Op(OrtCustomOp* base) { OperatorFunctions<F16>::Fill(base); }

}  // namespace bitmatmul
