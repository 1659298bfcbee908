// The table of kernels of CustomMatMulNBits as data.
#pragma once

#include "bitmatmul/nbits.h"
#include "kernels/nbits_kernel.h"

namespace bitmatmul {

struct NBitsKernel {
  bitmatmul_nbits_kernel_info info;
  const NBitsKernelCode* code;
};

// Row number index; the index comes from bitmatmul_nbits_choose_kernel or counts below bitmatmul_nbits_kernel_count.
const NBitsKernel& NBitsKernelAt(int32_t index);

}  // namespace bitmatmul
