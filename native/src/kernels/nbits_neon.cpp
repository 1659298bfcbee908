// CustomMatMulNBits with NEON alone: nbits_neon.h.
#include <arm_neon.h>

namespace bitmatmul {
namespace {

// Two products of -128 and -127 .. 127 fit into 16 bits.
inline int32x4_t Dot(int32x4_t sum, int8x16_t weights, int8x16_t q) {
  const int16x8_t low = vmull_s8(vget_low_s8(weights), vget_low_s8(q));
  const int16x8_t high = vmull_s8(vget_high_s8(weights), vget_high_s8(q));
  return vpadalq_s16(sum, vpaddq_s16(low, high));
}

}  // namespace
}  // namespace bitmatmul

// Uses the name above.
#include "kernels/nbits_neon.h"

namespace bitmatmul {

extern const NBitsKernelCode kNeonNBits;
const NBitsKernelCode kNeonNBits = {&MultiplyNBits<Neon>, &QuantizeRow<DigitPlanes>};

}  // namespace bitmatmul
