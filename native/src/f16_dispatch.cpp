// Which kernel a CustomMatMulF16 gets: bitmatmul/f16.h.
#include "f16_dispatch.h"

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

constexpr OpKernels kTable{"CustomMatMulF16", kKernels};

}  // namespace

const F16Kernel& F16KernelAt(int32_t index) { return kTable.At(index); }

}  // namespace bitmatmul

extern "C" {

int32_t bitmatmul_f16_kernel_count(void) { return bitmatmul::kTable.Count(); }

int32_t bitmatmul_f16_kernel_get(int32_t index, bitmatmul_op_kernel_info* info) {
  return bitmatmul::kTable.Get(index, info);
}

int32_t bitmatmul_f16_choose_kernel(uint64_t features, const char* isas, char* text, size_t size) {
  return bitmatmul::kTable.Choose(features, isas, {text, size});
}

}  // extern "C"
