// Which memory kernels read their weights from: the session configuration entry ai.bitnet.weights.
#pragma once

#include "ort/ort_abi.h"

namespace bitmatmul {

enum class WeightMemory {
  // Where ONNX Runtime has them: for external data that is a mapping of the file, shared between processes.
  kMapped,
  // A copy made when the kernel is created, see ort/huge_pages.h.
  kHugePages
};

// What the options say when the op is registered; nothing said is kMapped. Only for an ONNX Runtime that cannot tell
// a kernel: entries that are set later are not seen.
OrtStatus* ReadWeightMemory(const OrtApi& api, const OrtSessionOptions* options, WeightMemory* out);

// What the options say when a session is made, and its kernel created.
OrtStatus* ReadWeightMemory(const OrtApi& api, const OrtApi24& api24, const OrtKernelInfo* info, WeightMemory* out);

}  // namespace bitmatmul
