// Which kernel a CustomGroupQueryAttention gets: bitmatmul/gqa.h.
#include "gqa_dispatch.h"

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

constexpr OpKernels kTable{"CustomGroupQueryAttention", kKernels};

}  // namespace

const GqaKernel& GqaKernelAt(int32_t index) { return kTable.At(index); }

}  // namespace bitmatmul

extern "C" {

int32_t bitmatmul_gqa_kernel_count(void) { return bitmatmul::kTable.Count(); }

int32_t bitmatmul_gqa_kernel_get(int32_t index, bitmatmul_op_kernel_info* info) {
  return bitmatmul::kTable.Get(index, info);
}

int32_t bitmatmul_gqa_choose_kernel(uint64_t features, const char* isas, char* text, size_t size) {
  return bitmatmul::kTable.Choose(features, isas, {text, size});
}

}  // extern "C"
