// CustomMatMulNBits with SDOT: nbits_neon.h.
#include <arm_neon.h>

namespace bitmatmul {
namespace {

inline int32x4_t Dot(int32x4_t sum, int8x16_t weights, int8x16_t q) { return vdotq_s32(sum, weights, q); }

}  // namespace
}  // namespace bitmatmul

// Uses the name above.
#include "kernels/nbits_neon.h"

namespace bitmatmul {

extern const NBitsKernelCode kNeonDotprodNBits;
const NBitsKernelCode kNeonDotprodNBits = {&MultiplyNBits<Neon>, &QuantizeRow<DigitPlanes>};

}  // namespace bitmatmul
