// The table of kernels of CustomMatMulNBits as data.
#pragma once

#include "bitmatmul/nbits.h"
#include "kernel_table.h"
#include "kernels/nbits_kernel.h"

namespace bitmatmul {

using NBitsKernel = OpKernel<NBitsKernelCode>;

// Row number index; the index comes from bitmatmul_nbits_choose_kernel or counts below bitmatmul_nbits_kernel_count.
const NBitsKernel& NBitsKernelAt(int32_t index);

}  // namespace bitmatmul
