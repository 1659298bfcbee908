// The part of ONNX Runtime's C ABI that a program needs to run a model, in the manner of src/ort/ort_abi.h and checked
// by the same test.
#pragma once

#include "ort/ort_abi.h"

struct OrtEnv;
struct OrtSession;
struct OrtRunOptions;

enum OrtLoggingLevel : int { kOrtLogWarning = 2 };

#define ORT_HOST_SLOTS(X)                                                                                            \
  X(3, OrtStatus*, CreateEnv, (OrtLoggingLevel, const char* name, OrtEnv** out))                                     \
  X(7, OrtStatus*, CreateSession, (const OrtEnv*, const char* path, const OrtSessionOptions*, OrtSession** out))     \
  X(9, OrtStatus*, Run,                                                                                              \
    (OrtSession*, const OrtRunOptions*, const char* const* input_names, const OrtValue* const* inputs, size_t count, \
     const char* const* output_names, size_t output_count, OrtValue** outputs))                                      \
  X(10, OrtStatus*, CreateSessionOptions, (OrtSessionOptions * *out))                                                \
  X(24, OrtStatus*, SetIntraOpNumThreads, (OrtSessionOptions*, int))                                                 \
  X(49, OrtStatus*, CreateTensorWithDataAsOrtValue,                                                                  \
    (const OrtMemoryInfo*, void* data, size_t bytes, const int64_t* dims, size_t rank, OrtElementType,               \
     OrtValue** out))                                                                                                \
  X(95, void, ReleaseSession, (OrtSession*))                                                                         \
  X(96, void, ReleaseValue, (OrtValue*))                                                                             \
  X(100, void, ReleaseSessionOptions, (OrtSessionOptions*))                                                          \
  X(228, OrtStatus*, RegisterCustomOpsLibrary_V2, (OrtSessionOptions*, const char* path))

// Functions of an OrtApi by name, as in host::Run(api)(session, ...).
namespace host {
#define ORT_HOST_FUNCTION(slot, result, name, parameters) \
  inline auto name(const OrtApi& api) { return reinterpret_cast<result(ORT_CALL*) parameters>(api.entries[slot]); }
ORT_HOST_SLOTS(ORT_HOST_FUNCTION)
#undef ORT_HOST_FUNCTION
}  // namespace host
