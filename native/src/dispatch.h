// The kernel table as data.
#pragma once

#include "bitmatmul/kernels.h"
#include "kernels/kernel.h"

namespace bitmatmul {

struct Kernel {
  bitmatmul_kernel_info info;
  const KernelCode* code;
};

// Row number index; the index comes from bitmatmul_choose_kernel or counts below bitmatmul_kernel_count.
const Kernel& KernelAt(int32_t index);

// Says in text (cut to size) which features a kernel needs that are not among those given; false if none is missing.
bool DescribeMissing(uint64_t needed, uint64_t features, char* text, size_t size);

}  // namespace bitmatmul
