// Every packing and block size, int8 and sign activations, with AVX2: multiply_codes.h.
#include "kernels/codes_avx2.h"
#include "kernels/quantize_avx2.h"

namespace bitmatmul {

extern const KernelCode kAvx2;
const KernelCode kAvx2 = {&MultiplyAnyPacking, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
