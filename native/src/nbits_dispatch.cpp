// Which kernel a CustomMatMulNBits gets: bitmatmul/nbits.h.
#include "nbits_dispatch.h"

#include "bitmatmul/cpu_info.h"
#include "kernel_choice.h"

namespace bitmatmul {

#define BITMATMUL_NBITS_KERNEL(isa, name, features, code) extern const NBitsKernelCode code;
#include "kernels/nbits_kernels.inc"
#undef BITMATMUL_NBITS_KERNEL

namespace {

#define BITMATMUL_NBITS_KERNEL(isa, name, features, code) {{#name, #isa, features}, &code},
const NBitsKernel kKernels[] = {
#include "kernels/nbits_kernels.inc"
};
#undef BITMATMUL_NBITS_KERNEL

constexpr int32_t kCount = sizeof(kKernels) / sizeof(kKernels[0]);

}  // namespace

const NBitsKernel& NBitsKernelAt(int32_t index) { return kKernels[index]; }

}  // namespace bitmatmul

extern "C" {

using bitmatmul::kCount;
using bitmatmul::kKernels;

int32_t bitmatmul_nbits_kernel_count(void) { return kCount; }

int32_t bitmatmul_nbits_kernel_get(int32_t index, bitmatmul_nbits_kernel_info* info) {
  if (index < 0 || index >= kCount || info == nullptr) return BITMATMUL_INVALID_ARGUMENT;
  *info = kKernels[index].info;
  return BITMATMUL_OK;
}

int32_t bitmatmul_nbits_choose_kernel(uint64_t features, const char* isas, char* text, size_t size) {
  return bitmatmul::ChooseKernel(kKernels, "CustomMatMulNBits", features, isas, {text, size});
}

}  // extern "C"
