// A table of kernels that all take every problem: what the kernel_count, kernel_get and choose_kernel functions of the
// flat C API do for CustomMatMulNBits, CustomMatMulF16 and CustomGroupQueryAttention.
#pragma once

#include "bitmatmul/cpu_info.h"
#include "bitmatmul/op_kernels.h"
#include "kernel_choice.h"

namespace bitmatmul {

// A row of the table.
template <class Code>
struct OpKernel {
  bitmatmul_op_kernel_info info;
  const Code* code;
};

template <class Code, size_t kCount>
class OpKernels {
 public:
  // op: for messages; the last kernel runs everywhere
  constexpr OpKernels(const char* op, const OpKernel<Code> (&kernels)[kCount]) : op_(op), kernels_(kernels) {}

  int32_t Count() const { return static_cast<int32_t>(kCount); }

  const OpKernel<Code>& At(int32_t index) const { return kernels_[index]; }

  int32_t Get(int32_t index, bitmatmul_op_kernel_info* info) const {
    if (index < 0 || index >= Count() || info == nullptr) return BITMATMUL_INVALID_ARGUMENT;
    *info = kernels_[index].info;
    return BITMATMUL_OK;
  }

  int32_t Choose(uint64_t features, const char* isas, Error error) const {
    return ChooseKernel(kernels_, op_, features, isas, error);
  }

 private:
  const char* const op_;
  const OpKernel<Code> (&kernels_)[kCount];
};

}  // namespace bitmatmul
