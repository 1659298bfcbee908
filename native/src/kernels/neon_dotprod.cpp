// Every packing, activation and block size with SDOT, four products to each 32-bit lane.
#include "kernels/neon_lanes.h"
#include "kernels/neon_quantize.h"

namespace bitmatmul {
namespace {

struct DotProducts {
  using Sum = int32x4_t;
  static constexpr int kSumsAtOnce = 16;
  static constexpr bool kSumsIn16Bits = false;

  static Sum Zero() { return vdupq_n_s32(0); }
  template <int kLane>
  static Sum Add(Sum sum, int8x16_t codes, int8x16_t x) {
    return vdotq_laneq_s32(sum, codes, x, kLane);
  }
  static int32x4_t Widen(Sum sum) { return sum; }
};

}  // namespace

extern const KernelCode kNeonDotprod;
const KernelCode kNeonDotprod = {&MultiplyAnyPacking<LaneProducts<DotProducts>>, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
