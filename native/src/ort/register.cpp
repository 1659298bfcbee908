// The one entry point that ONNX Runtime looks for.
#include <cstdlib>

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
  Fail(message.error(), 0, "CustomBitMatMul: found ONNX Runtime %s, wanted 1.%u or newer", base->GetVersionString(),
       kOrtApiVersion);
  return api->CreateStatus()(kOrtNotImplemented, message.text);
}

OrtStatus* Register(const OrtApi& api, OrtSessionOptions* options) {
  // Op and domain must outlive every session made from the options, and nothing tells us when the last one ends: they
  // stay, some three hundred bytes a registration.
  Op* op = static_cast<Op*>(malloc(sizeof(Op)));
  if (op == nullptr) return api.CreateStatus()(kOrtFail, "CustomBitMatMul: found no memory for the op");
  FillOp(&api, op);
  OrtCustomOpDomain* domain = nullptr;
  OrtStatus* status = api.CreateCustomOpDomain()("ai.bitnet", &domain);
  if (status == nullptr) status = api.CustomOpDomain_Add()(domain, &op->base);
  if (status == nullptr) status = api.AddCustomOpDomain()(options, domain);
  if (status != nullptr) {
    if (domain != nullptr) api.ReleaseCustomOpDomain()(domain);
    free(op);
  }
  return status;
}

}  // namespace
}  // namespace bitmatmul

extern "C" BITMATMUL_API OrtStatus* ORT_CALL RegisterCustomOps(OrtSessionOptions* options, const OrtApiBase* base) {
  const OrtApi* api = base->GetApi(kOrtApiVersion);
  return api == nullptr ? bitmatmul::RefuseVersion(base) : bitmatmul::Register(*api, options);
}
