// Every packing, activation and block size with NEON as every 64-bit ARM has it: products of bytes, added up in 16
// bits.
#include "kernels/neon_lanes.h"
#include "kernels/neon_quantize.h"

namespace bitmatmul {
namespace {

struct WideningProducts {
  // Of 2 of the 4 rows each, and for each of the quad's columns apart.
  struct Sum {
    int16x8_t low, high;
  };
  static constexpr int kSumsAtOnce = 8;
  static constexpr bool kSumsIn16Bits = true;

  static Sum Zero() { return {vdupq_n_s16(0), vdupq_n_s16(0)}; }
  template <int kLane>
  static Sum Add(Sum sum, int8x16_t codes, int8x16_t x) {
    const int8x16_t four = vreinterpretq_s8_s32(vdupq_laneq_s32(vreinterpretq_s32_s8(x), kLane));
    return {vmlal_s8(sum.low, vget_low_s8(codes), vget_low_s8(four)), vmlal_high_s8(sum.high, codes, four)};
  }
  static int32x4_t Widen(Sum sum) { return vpaddq_s32(vpaddlq_s16(sum.low), vpaddlq_s16(sum.high)); }
};

}  // namespace

extern const KernelCode kNeon;
const KernelCode kNeon = {&MultiplyAnyPacking<LaneProducts<WideningProducts>>, &QuantizeInt8, &QuantizeSign};

}  // namespace bitmatmul
