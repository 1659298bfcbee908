// ternary20 with int8 and with sign activations by AVX-512 VNNI and VBMI: multiply_codes.h.
#include "kernels/codes_avx512.h"
#include "kernels/quantize_avx512.h"
#include "kernels/ternary20_vbmi.h"

namespace bitmatmul {
namespace {

template <int kSumCount>
struct Ternary20Vbmi : Ternary20<kSumCount> {
  using Unpacker = Ternary20VbmiUnpacker;
};

}  // namespace

extern const KernelCode kAvx512Vbmi;
const KernelCode kAvx512Vbmi = {&MultiplyPacking<Ternary20Vbmi>, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
