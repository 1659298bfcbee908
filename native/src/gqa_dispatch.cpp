// Which kernel a CustomGroupQueryAttention gets: bitmatmul/gqa.h.
#include "gqa_dispatch.h"

#include "bitmatmul/cpu_info.h"
#include "kernel_choice.h"

namespace bitmatmul {

#define BITMATMUL_GQA_KERNEL(isa, name, features, code) extern const GqaKernelCode code;
#include "kernels/gqa_kernels.inc"
#undef BITMATMUL_GQA_KERNEL

namespace {

#define BITMATMUL_GQA_KERNEL(isa, name, features, code) {{#name, #isa, features}, &code},
const GqaKernel kKernels[] = {
#include "kernels/gqa_kernels.inc"
};
#undef BITMATMUL_GQA_KERNEL

constexpr int32_t kCount = sizeof(kKernels) / sizeof(kKernels[0]);

}  // namespace

const GqaKernel& GqaKernelAt(int32_t index) { return kKernels[index]; }

}  // namespace bitmatmul

extern "C" {

using bitmatmul::kCount;
using bitmatmul::kKernels;

int32_t bitmatmul_gqa_kernel_count(void) { return kCount; }

int32_t bitmatmul_gqa_kernel_get(int32_t index, bitmatmul_gqa_kernel_info* info) {
  if (index < 0 || index >= kCount || info == nullptr) return BITMATMUL_INVALID_ARGUMENT;
  *info = kKernels[index].info;
  return BITMATMUL_OK;
}

int32_t bitmatmul_gqa_choose_kernel(uint64_t features, const char* isas, char* text, size_t size) {
  return bitmatmul::ChooseKernel(kKernels, "CustomGroupQueryAttention", features, isas, {text, size});
}

}  // extern "C"
