// The one entry point that ONNX Runtime looks for.
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "bitmatmul/export.h"
#include "ort/custom_op.h"
#include "ort/session.h"

namespace bitmatmul {
namespace {

// The newest table below the version we need, for saying so.
const OrtApi* NewestOlderApi(const OrtApiBase* base) {
  for (uint32_t version = kOrtApiVersion - 1; version > 0; --version) {
    if (const OrtApi* api = base->GetApi(version)) return api;
  }
  return nullptr;
}

OrtStatus* RefuseVersion(const OrtApiBase* base) {
  const OrtApi* api = NewestOlderApi(base);
  if (api == nullptr) return nullptr;  // no table at all: there is nothing to make a status with
  Message message;
  Fail(message.error(), 0, "ai.bitnet: found ONNX Runtime %s, wanted 1.%u or newer", base->GetVersionString(),
       kOrtApiVersion);
  return api->CreateStatus()(kOrtNotImplemented, message.text);
}

// "1.24.0" and newer. Asking GetApi for a version that it does not have makes it write to standard error.
bool HasApi24(const char* version) {
  if (strncmp(version, "1.", 2) != 0) return true;
  uint32_t minor = 0;
  for (const char* digit = version + 2; *digit >= '0' && *digit <= '9'; ++digit) {
    minor = 10 * minor + static_cast<uint32_t>(*digit - '0');
  }
  return minor >= kOrtApi24Version;
}

// Each op of the domain.
void (*const kFillOps[])(OrtCustomOp*) = {FillBitMatMulOp, FillNBitsOp,   FillF16Op,
                                          FillGatedUnitOp, FillRmsNormOp, FillGqaOp};
constexpr size_t kOpCount = sizeof(kFillOps) / sizeof(kFillOps[0]);

// The ops in their domain. They must outlive every session made from the options, and nothing tells us when the last
// one ends, so they stay; what differs in nothing shares one.
struct Registration {
  Op ops[kOpCount];
  OrtCustomOpDomain* domain;
  Registration* next;
};

std::atomic<Registration*> registrations{nullptr};

Registration* Find(const OrtApi* api, WeightMemory weights) {
  Registration* found = registrations.load(std::memory_order_acquire);
  while (found != nullptr && (found->ops[0].api != api || found->ops[0].weights != weights)) found = found->next;
  return found;
}

bool MayLeaveOutInput(const OrtCustomOp& op) {
  const size_t count = op.GetInputTypeCount(&op);
  for (size_t i = 0; i < count; ++i) {
    if (op.GetInputCharacteristic(&op, i) == kOrtOptional) return true;
  }
  return false;
}

// The op's functions. To infer shapes, ONNX Runtime before 1.24 reads the type of an input that is left out by an empty
// name, and crashes: there the shapes of an op that has such inputs stay unknown until the run.
void FillOp(size_t index, bool has_api24, OrtCustomOp* op) {
  kFillOps[index](op);
  if (!has_api24 && MayLeaveOutInput(*op)) op->InferOutputShapeFn = nullptr;
}

// Two threads may both add one: then the later is found from then on, and the other serves whoever got it.
OrtStatus* Add(const OrtApi& api, const OrtApi24* api24, WeightMemory weights, Registration** out) {
  Registration* added = static_cast<Registration*>(calloc(1, sizeof(Registration)));
  if (added == nullptr) return api.CreateStatus()(kOrtFail, "ai.bitnet: found no memory for the ops");
  OrtStatus* status = api.CreateCustomOpDomain()("ai.bitnet", &added->domain);
  for (size_t i = 0; i < kOpCount && status == nullptr; ++i) {
    Op& op = added->ops[i];
    op.api = &api;
    op.api24 = api24;
    op.weights = weights;
    FillOp(i, api24 != nullptr, &op.base);
    status = api.CustomOpDomain_Add()(added->domain, &op.base);
  }
  if (status != nullptr) {
    if (added->domain != nullptr) api.ReleaseCustomOpDomain()(added->domain);
    free(added);
    return status;
  }
  added->next = registrations.load(std::memory_order_relaxed);
  while (!registrations.compare_exchange_weak(added->next, added, std::memory_order_release)) {
  }
  *out = added;
  return nullptr;
}

OrtStatus* Register(const OrtApi& api, const OrtApi24* api24, OrtSessionOptions* options) {
  WeightMemory weights = WeightMemory::kMapped;
  if (api24 == nullptr) RETURN_IF_ERROR(ReadWeightMemory(api, options, &weights));
  Registration* registration = Find(&api, weights);
  if (registration == nullptr) RETURN_IF_ERROR(Add(api, api24, weights, &registration));
  return api.AddCustomOpDomain()(options, registration->domain);
}

}  // namespace
}  // namespace bitmatmul

extern "C" BITMATMUL_API OrtStatus* ORT_CALL RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base) {
  using namespace bitmatmul;
  const OrtApi* api = base->GetApi(kOrtApiVersion);
  if (api == nullptr) return RefuseVersion(base);
  const OrtApi* api24 = HasApi24(base->GetVersionString()) ? base->GetApi(kOrtApi24Version) : nullptr;
  return Register(*api, reinterpret_cast<const OrtApi24*>(api24), options);
}
