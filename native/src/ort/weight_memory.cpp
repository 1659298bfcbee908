#include "ort/weight_memory.h"

#include <cstdio>
#include <cstring>

#include "ort/session.h"

namespace bitmatmul {
namespace {

constexpr char kEntry[] = "ai.bitnet.weights";

OrtStatus* Parse(const OrtApi& api, const char* value, WeightMemory* out) {
  if (strcmp(value, "mapped") == 0) {
    *out = WeightMemory::kMapped;
    return nullptr;
  }
  if (strcmp(value, "huge_pages") == 0) {
    *out = WeightMemory::kHugePages;
    return nullptr;
  }
  Message message;
  Fail(message.error(), 0, "ai.bitnet: session configuration entry %s: found '%s', wanted 'mapped' or 'huge_pages'",
       kEntry, value);
  return api.CreateStatus()(kOrtInvalidArgument, message.text);
}

}  // namespace

OrtStatus* ReadWeightMemory(const OrtApi& api, const OrtSessionOptions* options, WeightMemory* out) {
  *out = WeightMemory::kMapped;
  int found = 0;
  RETURN_IF_ERROR(api.HasSessionConfigEntry()(options, kEntry, &found));
  if (found == 0) return nullptr;
  char value[64] = {};
  size_t size = sizeof(value);
  OrtStatus* status = api.GetSessionConfigEntry()(options, kEntry, value, &size);
  if (status != nullptr && size > sizeof(value)) {
    api.ReleaseStatus()(status);
    status = nullptr;
    snprintf(value, sizeof(value), "(a string of %zu bytes)", size);
  }
  return status == nullptr ? Parse(api, value, out) : status;
}

OrtStatus* ReadWeightMemory(const OrtApi& api, const OrtApi24& api24, const OrtKernelInfo* info, WeightMemory* out) {
  *out = WeightMemory::kMapped;
  OrtKeyValuePairs* entries = nullptr;
  RETURN_IF_ERROR(api24.KernelInfo_GetConfigEntries()(info, &entries));
  const char* value = api24.GetKeyValue()(entries, kEntry);
  OrtStatus* status = value == nullptr ? nullptr : Parse(api, value, out);
  api24.ReleaseKeyValuePairs()(entries);
  return status;
}

}  // namespace bitmatmul
