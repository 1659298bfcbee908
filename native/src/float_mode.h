// IEEE arithmetic as the contract wants it, whatever the thread has been set to: ONNX Runtime's
// session.set_denormal_as_zero, or any library in the process, may have the CPU flush denormals or round otherwise.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif defined(_M_ARM64)
#include <intrin.h>
#endif

namespace bitmatmul {

// Sets round-to-nearest-even and denormals for as long as it lives.
class StandardFloatMode {
 public:
  StandardFloatMode() : saved_(Read()) {
    if (saved_ != Standard(saved_)) Write(Standard(saved_));
  }
  ~StandardFloatMode() {
    if (saved_ != Standard(saved_)) Write(saved_);
  }
  StandardFloatMode(const StandardFloatMode&) = delete;
  StandardFloatMode& operator=(const StandardFloatMode&) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  using Mode = uint32_t;
  // MXCSR without flush-to-zero (bit 15), the rounding mode (13, 14) and denormals-are-zero (6).
  static Mode Standard(Mode mode) { return mode & ~0xE040u; }
  static Mode Read() { return _mm_getcsr(); }
  static void Write(Mode mode) { _mm_setcsr(mode); }
#elif defined(__aarch64__) || defined(_M_ARM64)
  using Mode = uint64_t;
  // FPCR without the other half precision (bit 26), default NaNs (25), flush-to-zero (24), the rounding mode (22, 23)
  // and FEAT_AFP's bits (0 to 2).
  static Mode Standard(Mode mode) { return mode & ~UINT64_C(0x7C00007); }
#if defined(_M_ARM64)
  static Mode Read() { return _ReadStatusReg(ARM64_FPCR); }
  static void Write(Mode mode) { _WriteStatusReg(ARM64_FPCR, mode); }
#else
  static Mode Read() {
    Mode mode;
    asm volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void Write(Mode mode) { asm volatile("msr fpcr, %0" ::"r"(mode)); }
#endif
#else
  using Mode = int;
  static Mode Standard(Mode mode) { return mode; }
  static Mode Read() { return 0; }
  static void Write(Mode) {}
#endif

  const Mode saved_;
};

}  // namespace bitmatmul
