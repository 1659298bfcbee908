// Every packing and block size, int8 and sign activations, with AVX-512 VNNI: multiply_codes.h.
#include "kernels/codes_avx512.h"
#include "kernels/quantize_avx512.h"

namespace bitmatmul {

extern const KernelCode kAvx512Vnni;
const KernelCode kAvx512Vnni = {&MultiplyAnyPacking, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
