// The choice among kernels that all take every problem, for ops with a table of such: CustomMatMulNBits and
// CustomMatMulF16. A kernel has `info` with name, isa and features.
#pragma once

#include "bitmatmul/layout.h"
#include "isa_list.h"

namespace bitmatmul {

template <class Kernel>
bool RunsOn(const Kernel& kernel, uint64_t features) {
  return (kernel.info.features & ~features) == 0;
}

template <class Kernel, size_t kCount>
int32_t FailNoKernel(const Kernel (&kernels)[kCount], const char* op, uint64_t features, const char* isas,
                     Error error) {
  char names[256];
  TextBuilder text(names, sizeof(names));
  for (const Kernel& kernel : kernels) {
    if (RunsOn(kernel, features)) text.Append(" %s", kernel.info.isa);
  }
  Fail(error, BITMATMUL_UNSUPPORTED_ISA,
       "ISA list (BITMATMUL_ISA): found '%s', which has no kernel for %s; these have one:%s "
       "(add one to the list to allow it)",
       isas, op, names);
  return -1;
}

// What the choose_kernel functions of the flat C API do; the last kernel runs everywhere.
// op: for the message
template <class Kernel, size_t kCount>
int32_t ChooseKernel(const Kernel (&kernels)[kCount], const char* op, uint64_t features, const char* isas,
                     Error error) {
  if (isas == nullptr || isas[0] == '\0') {
    int32_t index = 0;
    while (!RunsOn(kernels[index], features)) ++index;
    return index;
  }
  if (CheckIsas(isas, features, error) != BITMATMUL_OK) return -1;
  for (const char* list = isas; list != nullptr;) {
    const IsaName isa = NextIsa(&list);
    for (size_t i = 0; i < kCount; ++i) {
      if (isa.Is(kernels[i].info.isa) && RunsOn(kernels[i], features)) return static_cast<int32_t>(i);
    }
  }
  return FailNoKernel(kernels, op, features, isas, error);
}

}  // namespace bitmatmul
