// CustomGatedUnit as an operator of ONNX Runtime.
#include "gated_unit.h"
#include "ort/operator.h"
#include "ort/rms_norm_reader.h"

namespace bitmatmul {
namespace {

enum Input : size_t { kInputX, kInputWeight };

struct GatedUnitOperator {
  static constexpr const char* kName = "CustomGatedUnit";
  static constexpr OperatorInput kInputs[] = {{kOrtFloat, kOrtRequired}, {kOrtFloat, kOrtOptional}};
};

// It has no choice of kernels, and no constant worth placing.
struct GatedUnitKernel {
  const OrtApi* api;
  NodeId node;
  bitmatmul_gated_unit_spec spec;
  bool has_norm;
  bitmatmul_rms_norm_problem norm;

  OrtStatus* Create(const Op&, const OrtKernelInfo* info) {
    node = ReadNodeId(*api, info, GatedUnitOperator::kName);
    NodeReader reader(*api, info, node);
    RETURN_IF_ERROR(reader.ReadInt("N", "an int > 0", &spec.n));
    RETURN_IF_ERROR(reader.ReadName("activation", "'relu2'", bitmatmul_gate_from_name, &spec.activation));
    Message message;
    if (bitmatmul_gated_unit_check_spec(&spec, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return reader.Invalid(message.text);
    }
    RETURN_IF_ERROR(reader.HasInput(kInputWeight, &has_norm));
    return has_norm ? ReadRmsNorm(&reader, kInputWeight, &norm) : nullptr;
  }

  void Destroy() {}

  OrtStatus* Compute(OrtKernelContext* context) const {
    Operands operands;
    RETURN_IF_ERROR(ReadOperands(*api, context, node, 2 * spec.n, spec.n, &operands));
    GatedUnit unit(spec, has_norm ? &norm : nullptr, operands.m, operands.x, operands.y);
    return RunTasks<GatedUnit, &GatedUnit::Task>(*api, context, &unit, unit.Tasks());
  }
};

}  // namespace

void FillGatedUnitOp(OrtCustomOp* base) { OperatorFunctions<GatedUnitOperator, GatedUnitKernel>::Fill(base); }

}  // namespace bitmatmul
