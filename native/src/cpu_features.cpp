// Detection, compiled for the baseline: cpuid says what the CPU has, XCR0 what the operating system keeps.
#include <atomic>
#include <cstddef>
#include <cstring>

#include "bitmatmul/cpu_info.h"

#if defined(BITMATMUL_X86_64)
#if defined(_MSC_VER)
#include <intrin.h>
#else
#include <cpuid.h>
#endif
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__aarch64__)
#include <sys/auxv.h>
#endif
#elif defined(__APPLE__)
#include <sys/sysctl.h>
#elif defined(_WIN32)
#include <windows.h>
#endif

namespace {

struct NamedFeature {
  uint64_t bit;
  const char* name;
};

const NamedFeature kFeatures[] = {
    {BITMATMUL_FEATURE_AVX2, "avx2"},
    {BITMATMUL_FEATURE_AVX_VNNI, "avx_vnni"},
    {BITMATMUL_FEATURE_FMA, "fma"},
    {BITMATMUL_FEATURE_F16C, "f16c"},
    {BITMATMUL_FEATURE_AVX512, "avx512"},
    {BITMATMUL_FEATURE_AVX512_VNNI, "avx512_vnni"},
    {BITMATMUL_FEATURE_AVX512_VBMI, "avx512_vbmi"},
    {BITMATMUL_FEATURE_AVX512_VPOPCNTDQ, "avx512_vpopcntdq"},
    {BITMATMUL_FEATURE_AMX_INT8, "amx_int8"},
    {BITMATMUL_FEATURE_NEON, "neon"},
    {BITMATMUL_FEATURE_NEON_DOTPROD, "neon_dotprod"},
    {BITMATMUL_FEATURE_NEON_I8MM, "neon_i8mm"},
};

#if defined(__APPLE__)
bool Sysctl(const char* name) {
  int value = 0;
  size_t size = sizeof(value);
  return sysctlbyname(name, &value, &size, nullptr, 0) == 0 && value != 0;
}
#endif

#if defined(BITMATMUL_X86_64)
struct CpuidLeaf {
  uint32_t eax, ebx, ecx, edx;
};

CpuidLeaf Cpuid(uint32_t leaf, uint32_t subleaf) {
  CpuidLeaf r{};
#if defined(_MSC_VER)
  int registers[4];
  __cpuidex(registers, static_cast<int>(leaf), static_cast<int>(subleaf));
  memcpy(&r, registers, sizeof(r));
#else
  __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
#endif
  return r;
}

uint64_t ReadXcr0() {
#if defined(_MSC_VER)
  return _xgetbv(0);
#else
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (static_cast<uint64_t>(high) << 32) | low;
#endif
}

bool Bit(uint32_t word, int bit) { return ((word >> bit) & 1) != 0; }

bool OsKeepsAvx512(uint64_t xcr0) {
#if defined(__APPLE__)
  // macOS turns the state on at a thread's first use, so XCR0 does not show it beforehand.
  (void)xcr0;
  return Sysctl("hw.optional.avx512f");
#else
  const uint64_t state = 0xe6;  // XMM, YMM, opmask, both halves of ZMM
  return (xcr0 & state) == state;
#endif
}

#if defined(_WIN32)
// The function exists since Windows 11 and Server 2022; an older system saves no tiles, so XCR0 lacks them there.
bool AskForAmx() {
  using EnableFn = BOOL(WINAPI*)(DWORD64);
  const HMODULE kernel32 = GetModuleHandleA("kernel32.dll");
  if (kernel32 == nullptr) return false;
  const FARPROC address = GetProcAddress(kernel32, "EnableProcessOptionalXStateFeatures");
  const EnableFn enable = reinterpret_cast<EnableFn>(reinterpret_cast<void*>(address));
  return enable != nullptr && enable(DWORD64{1} << 18) != 0;
}
#elif defined(__linux__)
// Since Linux 5.16. Refused where it is older, and where a thread has an alternate signal stack without room for tiles.
bool AskForAmx() {
  const long kArchReqXcompPerm = 0x1023;
  const long kTileData = 18;
  return syscall(SYS_arch_prctl, kArchReqXcompPerm, kTileData) == 0;
}
#else
// No other system that we know keeps tiles.
bool AskForAmx() { return false; }
#endif

// Asks the operating system for the use of tile registers in this process, which it grants for good.
bool OsGrantsAmx(uint64_t xcr0) {
  const uint64_t state = 3u << 17;  // TILECFG, TILEDATA
  return (xcr0 & state) == state && AskForAmx();
}

uint64_t Detect() {
  uint64_t found = 0;
  const CpuidLeaf one = Cpuid(1, 0);
  const bool has_xsave = Bit(one.ecx, 27);
  if (Cpuid(0, 0).eax < 7 || !has_xsave) return found;
  const uint64_t xcr0 = ReadXcr0();
  const CpuidLeaf seven = Cpuid(7, 0);
  const CpuidLeaf seven_1 = seven.eax >= 1 ? Cpuid(7, 1) : CpuidLeaf{};
  if ((xcr0 & 6) == 6 && Bit(one.ecx, 28)) {
    if (Bit(seven.ebx, 5)) found |= BITMATMUL_FEATURE_AVX2;
    if (Bit(seven_1.eax, 4)) found |= BITMATMUL_FEATURE_AVX_VNNI;
    if (Bit(one.ecx, 12)) found |= BITMATMUL_FEATURE_FMA;
    if (Bit(one.ecx, 29)) found |= BITMATMUL_FEATURE_F16C;
  }
  const bool f_dq_bw_vl = Bit(seven.ebx, 16) && Bit(seven.ebx, 17) && Bit(seven.ebx, 30) && Bit(seven.ebx, 31);
  if (f_dq_bw_vl && OsKeepsAvx512(xcr0)) {
    found |= BITMATMUL_FEATURE_AVX512;
    if (Bit(seven.ecx, 11)) found |= BITMATMUL_FEATURE_AVX512_VNNI;
    if (Bit(seven.ecx, 1)) found |= BITMATMUL_FEATURE_AVX512_VBMI;
    if (Bit(seven.ecx, 14)) found |= BITMATMUL_FEATURE_AVX512_VPOPCNTDQ;
  }
  if (Bit(seven.edx, 24) && Bit(seven.edx, 25) && OsGrantsAmx(xcr0)) found |= BITMATMUL_FEATURE_AMX_INT8;
  return found;
}
#elif defined(BITMATMUL_ARM64)
#if defined(__linux__)
bool HasDotProduct() { return (getauxval(AT_HWCAP) >> 20 & 1) != 0; }      // HWCAP_ASIMDDP
bool HasMatrixProduct() { return (getauxval(AT_HWCAP2) >> 13 & 1) != 0; }  // HWCAP2_I8MM
#elif defined(__APPLE__)
bool HasDotProduct() { return Sysctl("hw.optional.arm.FEAT_DotProd"); }
bool HasMatrixProduct() { return Sysctl("hw.optional.arm.FEAT_I8MM"); }
#elif defined(_WIN32)
// PF_ARM_V82_DP_INSTRUCTIONS_AVAILABLE and PF_ARM_V82_I8MM_INSTRUCTIONS_AVAILABLE, which older SDKs do not name.
bool HasDotProduct() { return IsProcessorFeaturePresent(43) != 0; }
bool HasMatrixProduct() { return IsProcessorFeaturePresent(66) != 0; }
#else
bool HasDotProduct() { return false; }
bool HasMatrixProduct() { return false; }
#endif

uint64_t Detect() {
  uint64_t found = BITMATMUL_FEATURE_NEON;
  if (HasDotProduct()) found |= BITMATMUL_FEATURE_NEON_DOTPROD;
  if (HasMatrixProduct()) found |= BITMATMUL_FEATURE_NEON_I8MM;
  return found;
}
#else
uint64_t Detect() { return 0; }
#endif

}  // namespace

extern "C" {

uint64_t bitmatmul_cpu_features(void) {
  // cpuid costs tens of microseconds under a hypervisor, so it is asked once. A race only asks it twice.
  static std::atomic<uint64_t> cached{0};
  const uint64_t known = uint64_t{1} << 63;
  uint64_t found = cached.load(std::memory_order_relaxed);
  if (found == 0) {
    found = Detect() | known;
    cached.store(found, std::memory_order_relaxed);
  }
  return found & ~known;
}

const char* bitmatmul_feature_name(uint64_t feature) {
  for (const NamedFeature& named : kFeatures) {
    if (named.bit == feature) return named.name;
  }
  return nullptr;
}

}  // extern "C"
