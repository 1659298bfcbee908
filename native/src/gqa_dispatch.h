// The table of kernels of CustomGroupQueryAttention as data.
#pragma once

#include "bitmatmul/gqa.h"
#include "kernel_table.h"
#include "kernels/gqa_kernel.h"

namespace bitmatmul {

using GqaKernel = OpKernel<GqaKernelCode>;

// Row number index; the index comes from bitmatmul_gqa_choose_kernel or counts below bitmatmul_gqa_kernel_count.
const GqaKernel& GqaKernelAt(int32_t index);

}  // namespace bitmatmul
