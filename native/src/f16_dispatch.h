// The table of kernels of CustomMatMulF16 as data.
#pragma once

#include "bitmatmul/f16.h"
#include "kernels/f16_kernel.h"

namespace bitmatmul {

struct F16Kernel {
  bitmatmul_f16_kernel_info info;
  const F16KernelCode* code;
};

// Row number index; the index comes from bitmatmul_f16_choose_kernel or counts below bitmatmul_f16_kernel_count.
const F16Kernel& F16KernelAt(int32_t index);

}  // namespace bitmatmul
