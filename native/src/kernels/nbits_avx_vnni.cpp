// CustomMatMulNBits with AVX2 and the VPDPBUSD of CPUs that have it without AVX-512: nbits_vnni.h.
#include "kernels/nbits_vector_avx2.h"

namespace bitmatmul {
namespace {

inline Vec Dot(Vec sum, Vec bytes, Vec q) { return _mm256_dpbusd_avx_epi32(sum, bytes, q); }

}  // namespace
}  // namespace bitmatmul

// Uses the names above.
#include "kernels/nbits_vnni.h"

namespace bitmatmul {

extern const NBitsKernelCode kAvxVnniNBits;
const NBitsKernelCode kAvxVnniNBits = {&MultiplyNBits<Vnni>, &QuantizeRow<DigitPlanes>};

}  // namespace bitmatmul
