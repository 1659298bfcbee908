// Which kernel a CustomMatMulF16 gets: bitmatmul/f16.h.
#include "f16_dispatch.h"

#include "bitmatmul/cpu_info.h"
#include "kernel_choice.h"

namespace bitmatmul {

#define BITMATMUL_F16_KERNEL(isa, name, features, code) extern const F16KernelCode code;
#include "kernels/f16_kernels.inc"
#undef BITMATMUL_F16_KERNEL

namespace {

#define BITMATMUL_F16_KERNEL(isa, name, features, code) {{#name, #isa, features}, &code},
const F16Kernel kKernels[] = {
#include "kernels/f16_kernels.inc"
};
#undef BITMATMUL_F16_KERNEL

constexpr int32_t kCount = sizeof(kKernels) / sizeof(kKernels[0]);

}  // namespace

const F16Kernel& F16KernelAt(int32_t index) { return kKernels[index]; }

}  // namespace bitmatmul

extern "C" {

using bitmatmul::kCount;
using bitmatmul::kKernels;

int32_t bitmatmul_f16_kernel_count(void) { return kCount; }

int32_t bitmatmul_f16_kernel_get(int32_t index, bitmatmul_f16_kernel_info* info) {
  if (index < 0 || index >= kCount || info == nullptr) return BITMATMUL_INVALID_ARGUMENT;
  *info = kKernels[index].info;
  return BITMATMUL_OK;
}

int32_t bitmatmul_f16_choose_kernel(uint64_t features, const char* isas, char* text, size_t size) {
  return bitmatmul::ChooseKernel(kKernels, "CustomMatMulF16", features, isas, {text, size});
}

}  // extern "C"
