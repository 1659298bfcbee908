// For the JUnit test OrtAbiTest: what src/ort/ort_abi.h and ort_host.h say, and an OrtApi of recorders. ONNX Runtime's
// JavaCPP binding was compiled with the official header; called with this OrtApi, it shows by the recorder that it
// reaches which slot that header gives a function. Declares what JNI needs by hand: its types are plain ones here.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "ort/ort_abi.h"
#include "ort_host.h"

#if defined(_WIN32)
#define PROBE extern "C" __declspec(dllexport)
#define PROBE_CALL __stdcall
#else
#define PROBE extern "C" __attribute__((visibility("default")))
#define PROBE_CALL
#endif
#define PROBE_METHOD(name) PROBE_CALL Java_io_github_bitnetort_natives_OrtAbiProbe_##name

namespace {

constexpr size_t kSlots = 1024;  // more than any OrtApi has

int32_t last_slot = -1;

template <int32_t kSlot>
void* ORT_CALL Record() {
  last_slot = kSlot;
  return nullptr;  // as a status: no error
}

template <size_t... kSlot>
const void* MakeTable(std::index_sequence<kSlot...>) {
  static void* (*const table[])() = {&Record<static_cast<int32_t>(kSlot)>...};
  return table;
}

struct NamedNumber {
  const char* name;
  int64_t number;
};

const NamedNumber kOrtApiSlots[] = {
#define SLOT(slot, result, name, parameters) {#name, slot},
    ORT_API_SLOTS(SLOT) ORT_API_24_SLOTS(SLOT) ORT_HOST_SLOTS(SLOT)
#undef SLOT
};

const NamedNumber kCustomOpOffsets[] = {
#define MEMBER(name) {#name, offsetof(OrtCustomOp, name)}
    MEMBER(version),
    MEMBER(CreateKernel),
    MEMBER(GetName),
    MEMBER(GetExecutionProviderType),
    MEMBER(GetInputType),
    MEMBER(GetInputTypeCount),
    MEMBER(GetOutputType),
    MEMBER(GetOutputTypeCount),
    MEMBER(KernelCompute),
    MEMBER(KernelDestroy),
    MEMBER(GetInputCharacteristic),
    MEMBER(GetOutputCharacteristic),
    MEMBER(GetInputMemoryType),
    MEMBER(GetVariadicInputMinArity),
    MEMBER(GetVariadicInputHomogeneity),
    MEMBER(GetVariadicOutputMinArity),
    MEMBER(GetVariadicOutputHomogeneity),
    MEMBER(CreateKernelV2),
    MEMBER(KernelComputeV2),
    MEMBER(InferOutputShapeFn),
    MEMBER(GetStartVersion),
    MEMBER(GetEndVersion),
    MEMBER(GetMayInplace),
    MEMBER(ReleaseMayInplace),
    MEMBER(GetAliasMap),
    MEMBER(ReleaseAliasMap),
#undef MEMBER
};

template <size_t kCount>
const NamedNumber* At(const NamedNumber (&rows)[kCount], int32_t index) {
  return index >= 0 && index < static_cast<int32_t>(kCount) ? &rows[index] : nullptr;
}

int64_t Address(const void* pointer) { return static_cast<int64_t>(reinterpret_cast<intptr_t>(pointer)); }

}  // namespace

// The address of an OrtApi whose entries record their slot.
PROBE int64_t PROBE_METHOD(recorders)(void*, void*) { return Address(MakeTable(std::make_index_sequence<kSlots>())); }

// The slot that was called since the last question; -1: none.
PROBE int32_t PROBE_METHOD(lastSlot)(void*, void*) { return std::exchange(last_slot, -1); }

// Name (an address, 0 behind the last row) and number of the rows of the two tables.
PROBE int64_t PROBE_METHOD(slotName)(void*, void*, int32_t index) {
  const NamedNumber* row = At(kOrtApiSlots, index);
  return row == nullptr ? 0 : Address(row->name);
}
PROBE int64_t PROBE_METHOD(slotNumber)(void*, void*, int32_t index) { return At(kOrtApiSlots, index)->number; }
PROBE int64_t PROBE_METHOD(memberName)(void*, void*, int32_t index) {
  const NamedNumber* row = At(kCustomOpOffsets, index);
  return row == nullptr ? 0 : Address(row->name);
}
PROBE int64_t PROBE_METHOD(memberOffset)(void*, void*, int32_t index) { return At(kCustomOpOffsets, index)->number; }
PROBE int64_t PROBE_METHOD(customOpSize)(void*, void*) { return static_cast<int64_t>(sizeof(OrtCustomOp)); }
