// CustomGatedUnit as an operator of ONNX Runtime.
#include "gated_unit.h"
#include "ort/operator.h"

namespace bitmatmul {
namespace {

struct GatedUnitOperator {
  static constexpr const char* kName = "CustomGatedUnit";
  static constexpr OperatorInput kInputs[] = {{kOrtFloat, kOrtRequired}};
};

// It has no constants and no choice of kernels.
struct GatedUnitKernel {
  const OrtApi* api;
  NodeId node;
  bitmatmul_gated_unit_spec spec;

  OrtStatus* Create(const Op&, const OrtKernelInfo* info) {
    node = ReadNodeId(*api, info, GatedUnitOperator::kName);
    NodeReader reader(*api, info, node);
    RETURN_IF_ERROR(reader.ReadInt("N", "an int > 0", &spec.n));
    RETURN_IF_ERROR(reader.ReadName("activation", "'relu2'", bitmatmul_gate_from_name, &spec.activation));
    Message message;
    const int32_t status = bitmatmul_gated_unit_check_spec(&spec, message.text, sizeof(message.text));
    return status == BITMATMUL_OK ? nullptr : reader.Invalid(message.text);
  }

  void Destroy() {}

  OrtStatus* Compute(OrtKernelContext* context) const {
    Operands operands;
    RETURN_IF_ERROR(ReadOperands(*api, context, node, 2 * spec.n, spec.n, &operands));
    GatedUnit unit(spec, operands.m, operands.x, operands.y);
    return RunTasks<GatedUnit, &GatedUnit::Task>(*api, context, &unit, unit.Tasks());
  }
};

}  // namespace

void FillGatedUnitOp(OrtCustomOp* base) { OperatorFunctions<GatedUnitOperator, GatedUnitKernel>::Fill(base); }

}  // namespace bitmatmul
