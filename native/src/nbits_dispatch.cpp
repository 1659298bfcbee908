// Which kernel a CustomMatMulNBits gets: bitmatmul/nbits.h.
#include "nbits_dispatch.h"

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

constexpr OpKernels kTable{"CustomMatMulNBits", kKernels};

}  // namespace

const NBitsKernel& NBitsKernelAt(int32_t index) { return kTable.At(index); }

}  // namespace bitmatmul

extern "C" {

int32_t bitmatmul_nbits_kernel_count(void) { return bitmatmul::kTable.Count(); }

int32_t bitmatmul_nbits_kernel_get(int32_t index, bitmatmul_op_kernel_info* info) {
  return bitmatmul::kTable.Get(index, info);
}

int32_t bitmatmul_nbits_choose_kernel(uint64_t features, const char* isas, char* text, size_t size) {
  return bitmatmul::kTable.Choose(features, isas, {text, size});
}

}  // extern "C"
