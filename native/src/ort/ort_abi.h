// The part of ONNX Runtime's C ABI that the op uses, declared from its documentation: no header of ONNX Runtime is
// needed to build. OrtApi is a table of function pointers that only ever grows at its end; each entry used here is
// named with its slot. A test compares every slot and every member of OrtCustomOp with ONNX Runtime's own header as
// compiled into its JavaCPP binding.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(_WIN32)
#define ORT_CALL __stdcall
#else
#define ORT_CALL
#endif

struct OrtStatus;
struct OrtValue;
struct OrtMemoryInfo;
struct OrtAllocator;
struct OrtTensorTypeAndShapeInfo;
struct OrtSessionOptions;
struct OrtCustomOpDomain;
struct OrtKernelInfo;
struct OrtOpAttr;
struct OrtKernelContext;
struct OrtShapeInferContext;
struct OrtKeyValuePairs;
struct OrtCustomOp;

// ONNX Runtime 1.17, the first with InferOutputShapeFn and KernelContext_ParallelFor.
constexpr uint32_t kOrtApiVersion = 17;

enum OrtErrorCode : int { kOrtFail = 1, kOrtInvalidArgument = 2, kOrtNotImplemented = 9 };
enum OrtElementType : int {
  kOrtUndefined = 0,
  kOrtFloat = 1,
  kOrtUint8 = 2,
  kOrtInt32 = 6,
  kOrtInt64 = 7,
  kOrtFloat16 = 10
};
enum OrtAttributeType : int { kOrtAttributeInt = 1 };
enum OrtAllocatorType : int { kOrtArenaAllocator = 1 };
enum OrtMemType : int { kOrtMemTypeDefault = 0 };
enum OrtInputCharacteristic : int { kOrtRequired = 0, kOrtOptional = 1 };

using OrtParallelFn = void (*)(void* user_data, size_t index);

// X(slot, result, name, parameters)
#define ORT_API_SLOTS(X)                                                                                              \
  X(0, OrtStatus*, CreateStatus, (OrtErrorCode, const char* message))                                                 \
  X(2, const char*, GetErrorMessage, (const OrtStatus*))                                                              \
  X(26, OrtStatus*, CreateCustomOpDomain, (const char* domain, OrtCustomOpDomain** out))                              \
  X(27, OrtStatus*, CustomOpDomain_Add, (OrtCustomOpDomain*, const OrtCustomOp*))                                     \
  X(28, OrtStatus*, AddCustomOpDomain, (OrtSessionOptions*, OrtCustomOpDomain*))                                      \
  X(50, OrtStatus*, IsTensor, (const OrtValue*, int* out))                                                            \
  X(51, OrtStatus*, GetTensorMutableData, (OrtValue*, void** out))                                                    \
  X(57, OrtStatus*, CreateTensorTypeAndShapeInfo, (OrtTensorTypeAndShapeInfo * *out))                                 \
  X(58, OrtStatus*, SetTensorElementType, (OrtTensorTypeAndShapeInfo*, OrtElementType))                               \
  X(59, OrtStatus*, SetDimensions, (OrtTensorTypeAndShapeInfo*, const int64_t* values, size_t count))                 \
  X(60, OrtStatus*, GetTensorElementType, (const OrtTensorTypeAndShapeInfo*, OrtElementType* out))                    \
  X(61, OrtStatus*, GetDimensionsCount, (const OrtTensorTypeAndShapeInfo*, size_t* out))                              \
  X(62, OrtStatus*, GetDimensions, (const OrtTensorTypeAndShapeInfo*, int64_t* values, size_t count))                 \
  X(63, OrtStatus*, GetSymbolicDimensions, (const OrtTensorTypeAndShapeInfo*, const char** names, size_t count))      \
  X(65, OrtStatus*, GetTensorTypeAndShape, (const OrtValue*, OrtTensorTypeAndShapeInfo** out))                        \
  X(69, OrtStatus*, CreateCpuMemoryInfo, (OrtAllocatorType, OrtMemType, OrtMemoryInfo * *out))                        \
  X(75, OrtStatus*, AllocatorAlloc, (OrtAllocator*, size_t size, void** out))                                         \
  X(76, OrtStatus*, AllocatorFree, (OrtAllocator*, void*))                                                            \
  X(85, OrtStatus*, KernelInfoGetAttribute_float, (const OrtKernelInfo*, const char* name, float* out))               \
  X(86, OrtStatus*, KernelInfoGetAttribute_int64, (const OrtKernelInfo*, const char* name, int64_t* out))             \
  X(87, OrtStatus*, KernelInfoGetAttribute_string, (const OrtKernelInfo*, const char* name, char* out, size_t* size)) \
  X(90, OrtStatus*, KernelContext_GetInput, (const OrtKernelContext*, size_t index, const OrtValue** out))            \
  X(91, OrtStatus*, KernelContext_GetOutput,                                                                          \
    (OrtKernelContext*, size_t index, const int64_t* dims, size_t count, OrtValue** out))                             \
  X(93, void, ReleaseStatus, (OrtStatus*))                                                                            \
  X(94, void, ReleaseMemoryInfo, (OrtMemoryInfo*))                                                                    \
  X(99, void, ReleaseTensorTypeAndShapeInfo, (OrtTensorTypeAndShapeInfo*))                                            \
  X(101, void, ReleaseCustomOpDomain, (OrtCustomOpDomain*))                                                           \
  X(132, void, ReleaseAllocator, (OrtAllocator*))                                                                     \
  X(230, OrtStatus*, KernelInfo_GetInputCount, (const OrtKernelInfo*, size_t* out))                                   \
  X(232, OrtStatus*, KernelInfo_GetInputName, (const OrtKernelInfo*, size_t index, char* out, size_t* size))          \
  X(237, OrtStatus*, HasSessionConfigEntry, (const OrtSessionOptions*, const char* key, int* out))                    \
  X(238, OrtStatus*, GetSessionConfigEntry, (const OrtSessionOptions*, const char* key, char* out, size_t* size))     \
  X(244, OrtStatus*, KernelInfo_GetNodeName, (const OrtKernelInfo*, char* out, size_t* size))                         \
  X(249, OrtStatus*, KernelInfoGetConstantInput_tensor,                                                               \
    (const OrtKernelInfo*, size_t index, int* is_constant, const OrtValue** out))                                     \
  X(253, OrtStatus*, KernelContext_GetAllocator, (const OrtKernelContext*, const OrtMemoryInfo*, OrtAllocator** out)) \
  X(268, OrtStatus*, ShapeInferContext_GetInputTypeShape,                                                             \
    (const OrtShapeInferContext*, size_t index, OrtTensorTypeAndShapeInfo** out))                                     \
  X(269, OrtStatus*, ShapeInferContext_GetAttribute,                                                                  \
    (const OrtShapeInferContext*, const char* name, const OrtOpAttr** out))                                           \
  X(270, OrtStatus*, ShapeInferContext_SetOutputTypeShape,                                                            \
    (const OrtShapeInferContext*, size_t index, const OrtTensorTypeAndShapeInfo*))                                    \
  X(271, OrtStatus*, SetSymbolicDimensions, (OrtTensorTypeAndShapeInfo*, const char** names, size_t count))           \
  X(272, OrtStatus*, ReadOpAttr, (const OrtOpAttr*, OrtAttributeType, void* data, size_t size, size_t* out))          \
  X(274, OrtStatus*, KernelContext_ParallelFor,                                                                       \
    (const OrtKernelContext*, OrtParallelFn, size_t total, size_t batches, void* user_data))

// What is used of newer versions where they are there: ONNX Runtime 1.24 tells a kernel the session's configuration.
constexpr uint32_t kOrtApi24Version = 24;
#define ORT_API_24_SLOTS(X)                                                    \
  X(297, const char*, GetKeyValue, (const OrtKeyValuePairs*, const char* key)) \
  X(300, void, ReleaseKeyValuePairs, (OrtKeyValuePairs*))                      \
  X(391, OrtStatus*, KernelInfo_GetConfigEntries, (const OrtKernelInfo*, OrtKeyValuePairs** out))

enum OrtSlot : size_t {
#define ORT_SLOT_NUMBER(slot, result, name, parameters) kOrtSlot_##name = slot,
  ORT_API_SLOTS(ORT_SLOT_NUMBER) ORT_API_24_SLOTS(ORT_SLOT_NUMBER)
#undef ORT_SLOT_NUMBER
};

// The tables of functions; entries are read by slot, through the methods below.
#define ORT_SLOT_METHOD(slot, result, name, parameters) \
  auto name() const { return reinterpret_cast<result(ORT_CALL*) parameters>(entries[slot]); }

struct OrtApi {
  using Entry = void(ORT_CALL*)();
  Entry entries[kOrtSlot_KernelContext_ParallelFor + 1];
  ORT_API_SLOTS(ORT_SLOT_METHOD)
};

// The same table as version 24 has it.
struct OrtApi24 {
  OrtApi::Entry entries[kOrtSlot_KernelInfo_GetConfigEntries + 1];
  ORT_API_24_SLOTS(ORT_SLOT_METHOD)
};

#undef ORT_SLOT_METHOD

struct OrtApiBase {
  const OrtApi*(ORT_CALL* GetApi)(uint32_t version);
  const char*(ORT_CALL* GetVersionString)();
};

// A custom op as of version 17: ONNX Runtime reads no member behind these of an op that says so.
struct OrtCustomOp {
  uint32_t version;
  void*(ORT_CALL* CreateKernel)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*);
  const char*(ORT_CALL* GetName)(const OrtCustomOp*);
  const char*(ORT_CALL* GetExecutionProviderType)(const OrtCustomOp*);
  OrtElementType(ORT_CALL* GetInputType)(const OrtCustomOp*, size_t index);
  size_t(ORT_CALL* GetInputTypeCount)(const OrtCustomOp*);
  OrtElementType(ORT_CALL* GetOutputType)(const OrtCustomOp*, size_t index);
  size_t(ORT_CALL* GetOutputTypeCount)(const OrtCustomOp*);
  void(ORT_CALL* KernelCompute)(void* kernel, OrtKernelContext*);
  void(ORT_CALL* KernelDestroy)(void* kernel);
  OrtInputCharacteristic(ORT_CALL* GetInputCharacteristic)(const OrtCustomOp*, size_t index);
  OrtInputCharacteristic(ORT_CALL* GetOutputCharacteristic)(const OrtCustomOp*, size_t index);
  OrtMemType(ORT_CALL* GetInputMemoryType)(const OrtCustomOp*, size_t index);
  int(ORT_CALL* GetVariadicInputMinArity)(const OrtCustomOp*);
  int(ORT_CALL* GetVariadicInputHomogeneity)(const OrtCustomOp*);
  int(ORT_CALL* GetVariadicOutputMinArity)(const OrtCustomOp*);
  int(ORT_CALL* GetVariadicOutputHomogeneity)(const OrtCustomOp*);
  OrtStatus*(ORT_CALL* CreateKernelV2)(const OrtCustomOp*, const OrtApi*, const OrtKernelInfo*, void** kernel);
  OrtStatus*(ORT_CALL* KernelComputeV2)(void* kernel, OrtKernelContext*);
  OrtStatus*(ORT_CALL* InferOutputShapeFn)(const OrtCustomOp*, OrtShapeInferContext*);
  int(ORT_CALL* GetStartVersion)(const OrtCustomOp*);
  int(ORT_CALL* GetEndVersion)(const OrtCustomOp*);
  size_t(ORT_CALL* GetMayInplace)(int** input_index, int** output_index);
  void(ORT_CALL* ReleaseMayInplace)(int* input_index, int* output_index);
  size_t(ORT_CALL* GetAliasMap)(int** input_index, int** output_index);
  void(ORT_CALL* ReleaseAliasMap)(int* input_index, int* output_index);
};
