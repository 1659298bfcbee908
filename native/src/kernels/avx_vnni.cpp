// Every packing and block size, int8 and sign activations, with AVX-VNNI: multiply_codes.h.
#include "kernels/codes_avx_vnni.h"
#include "kernels/quantize_avx2.h"

namespace bitmatmul {

extern const KernelCode kAvxVnni;
const KernelCode kAvxVnni = {&MultiplyAnyPacking, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
