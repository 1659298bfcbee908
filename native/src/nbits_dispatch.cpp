// Which kernel a CustomMatMulNBits gets: bitmatmul/nbits.h.
#include "nbits_dispatch.h"

#include "bitmatmul/cpu_info.h"
#include "isa_list.h"

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

bool RunsOn(const NBitsKernel& kernel, uint64_t features) { return (kernel.info.features & ~features) == 0; }

int32_t FailNoKernel(uint64_t features, const char* isas, Error error) {
  char names[256];
  TextBuilder text(names, sizeof(names));
  for (const NBitsKernel& kernel : kKernels) {
    if (RunsOn(kernel, features)) text.Append(" %s", kernel.info.isa);
  }
  Fail(error, BITMATMUL_UNSUPPORTED_ISA,
       "ISA list (BITMATMUL_ISA): found '%s', which has no kernel for CustomMatMulNBits; these have one:%s "
       "(add one to the list to allow it)",
       isas, names);
  return -1;
}

int32_t ChooseAmong(uint64_t features, const char* isas, Error error) {
  if (CheckIsas(isas, features, error) != BITMATMUL_OK) return -1;
  for (const char* list = isas; list != nullptr;) {
    const IsaName isa = NextIsa(&list);
    for (int32_t i = 0; i < kCount; ++i) {
      if (isa.Is(kKernels[i].info.isa)) return i;
    }
  }
  return FailNoKernel(features, isas, error);
}

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
  if (isas != nullptr && isas[0] != '\0') return bitmatmul::ChooseAmong(features, isas, {text, size});
  int32_t index = 0;
  while (!bitmatmul::RunsOn(kKernels[index], features)) ++index;  // the last row runs everywhere
  return index;
}

}  // extern "C"
