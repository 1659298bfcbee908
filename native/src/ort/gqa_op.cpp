// CustomGroupQueryAttention as an operator of ONNX Runtime.
#include <cstdio>

#include "gqa.h"
#include "ort/gqa_reader.h"
#include "ort/operator.h"

namespace bitmatmul {
namespace {

struct GqaOperator {
  static constexpr const char* kName = "CustomGroupQueryAttention";
  static constexpr OperatorInput kInputs[] = {
      {kOrtFloat, kOrtRequired}, {kOrtFloat, kOrtRequired}, {kOrtFloat, kOrtRequired},
      {kOrtInt64, kOrtRequired}, {kOrtInt64, kOrtRequired}, {kOrtFloat, kOrtRequired},
      {kOrtFloat, kOrtRequired}, {kOrtFloat, kOrtOptional}, {kOrtFloat, kOrtOptional}};
};

struct GqaNode {
  const OrtApi* api;
  OrtMemoryInfo* memory;
  NodeId node;
  bitmatmul_gqa_problem problem;
  char isas[kIsaListSize];

  OrtStatus* Invalid(const char* message) const { return NodeStatus(*api, kOrtInvalidArgument, node, message); }

  OrtStatus* Create(const Op&, const OrtKernelInfo* info) {
    node = ReadNodeId(*api, info, GqaOperator::kName);
    NodeReader reader(*api, info, node);
    RETURN_IF_ERROR(ReadGqaProblem(&reader, &problem));
    RETURN_IF_ERROR(reader.ReadIsaOverride(isas));
    Message message;
    if (Choose(message.error()) < 0) return Invalid(message.text);
    return api->CreateCpuMemoryInfo()(kOrtArenaAllocator, kOrtMemTypeDefault, &memory);
  }

  void Destroy() {
    if (memory != nullptr) api->ReleaseMemoryInfo()(memory);
  }

  int32_t Choose(Error error) const {
    return bitmatmul_gqa_choose_kernel(bitmatmul_cpu_features(), isas, error.text, error.size);
  }

  OrtStatus* Compute(OrtKernelContext* context) const {
    bitmatmul_gqa_call call{};
    RETURN_IF_ERROR(ReadGqaCall(*api, context, node, problem, &call));
    Message message;
    if (bitmatmul_gqa_check_call(&problem, &call, message.text, sizeof(message.text)) != BITMATMUL_OK) {
      return Invalid(message.text);
    }
    const int32_t index = Choose(message.error());
    if (index < 0) return Invalid(message.text);
    GroupQueryAttention run(problem, GqaKernelAt(index), call);
    const auto phases = [&](void* scratch) -> OrtStatus* {
      run.Bind(scratch);
      for (int phase = 0; phase < run.Phases(); ++phase) {
        run.Start(phase);
        RETURN_IF_ERROR(
            (RunTasks<GroupQueryAttention, &GroupQueryAttention::Task>(*api, context, &run, run.Tasks(phase))));
      }
      return nullptr;
    };
    return WithArenaScratch(*api, context, memory, run.ScratchBytes(), phases);
  }
};

size_t ORT_CALL GetThreeOutputs(const OrtCustomOp*) { return 3; }

}  // namespace

void FillGqaOp(OrtCustomOp* base) {
  OperatorFunctions<GqaOperator, GqaNode>::Fill(base);
  base->GetOutputTypeCount = GetThreeOutputs;
  base->InferOutputShapeFn = InferAttentionShape;
}

}  // namespace bitmatmul
