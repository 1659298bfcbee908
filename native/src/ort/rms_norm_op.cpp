// CustomRmsNorm as an operator of ONNX Runtime.
#include <cstdio>

#include "ort/operator.h"
#include "rms_norm.h"

namespace bitmatmul {
namespace {

enum Input : size_t { kInputX, kInputWeight };

struct RmsNormOperator {
  static constexpr const char* kName = "CustomRmsNorm";
  static constexpr OperatorInput kInputs[] = {{kOrtFloat, kOrtRequired}, {kOrtFloat, kOrtRequired}};
};

// It has no choice of kernels, and a constant too small to be placed.
struct RmsNormKernel {
  const OrtApi* api;
  NodeId node;
  bitmatmul_rms_norm_problem problem;

  OrtStatus* Create(const Op&, const OrtKernelInfo* info) {
    node = ReadNodeId(*api, info, RmsNormOperator::kName);
    NodeReader reader(*api, info, node);
    RETURN_IF_ERROR(reader.ReadInt("N", "an int > 0", &problem.n));
    RETURN_IF_ERROR(reader.ReadFloat("epsilon", "a float > 0", &problem.epsilon));
    Message message;
    if (CheckRmsNormAttributes(problem.n, problem.epsilon, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return reader.Invalid(message.text);
    }
    const Shape weight{1, {problem.n}};
    char why[64];
    snprintf(why, sizeof(why), "N = %lld", static_cast<long long>(problem.n));
    const void* data = nullptr;
    RETURN_IF_ERROR(
        reader.ReadConstant(kInputWeight, "weight", kOrtFloat, {&weight, nullptr}, why, &data, &problem.weight_count));
    problem.weight = static_cast<const float*>(data);
    const int32_t status = bitmatmul_rms_norm_check_problem(&problem, message.text, sizeof(message.text));
    return status == BITMATMUL_OK ? nullptr : reader.Invalid(message.text);
  }

  void Destroy() {}

  OrtStatus* Compute(OrtKernelContext* context) const {
    Operands operands;
    RETURN_IF_ERROR(ReadOperands(*api, context, node, problem.n, problem.n, &operands));
    RmsNorm norm(problem, operands.m, operands.x, operands.y);
    return RunTasks<RmsNorm, &RmsNorm::Task>(*api, context, &norm, norm.Tasks());
  }
};

}  // namespace

void FillRmsNormOp(OrtCustomOp* base) { OperatorFunctions<RmsNormOperator, RmsNormKernel>::Fill(base); }

}  // namespace bitmatmul
