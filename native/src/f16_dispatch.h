// The table of kernels of CustomMatMulF16 as data.
#pragma once

#include "bitmatmul/f16.h"
#include "kernel_table.h"
#include "kernels/f16_kernel.h"

namespace bitmatmul {

using F16Kernel = OpKernel<F16KernelCode>;

// Row number index; the index comes from bitmatmul_f16_choose_kernel or counts below bitmatmul_f16_kernel_count.
const F16Kernel& F16KernelAt(int32_t index);

}  // namespace bitmatmul
