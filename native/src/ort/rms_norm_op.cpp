// CustomRmsNorm as an operator of ONNX Runtime.
#include "ort/operator.h"
#include "ort/rms_norm_reader.h"
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
    return ReadRmsNorm(&reader, kInputWeight, &problem);
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
