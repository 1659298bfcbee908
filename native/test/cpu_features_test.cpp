// The detected features against what the kernel says: a feature that went unnoticed would leave its kernels untested
// and unused in silence.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "bitmatmul/cpu_info.h"

#if defined(__linux__) && (defined(BITMATMUL_X86_64) || defined(BITMATMUL_ARM64))
namespace {

#if defined(BITMATMUL_X86_64)
constexpr char kFlagsLine[] = "flags";
#else
constexpr char kFlagsLine[] = "Features";
#endif

std::set<std::string> ProcFlags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(kFlagsLine, 0) != 0) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    std::set<std::string> flags;
    for (std::string word; words >> word;) flags.insert(word);
    return flags;
  }
  return {};
}

// What the machine is known to have, as in "neon,neon_dotprod". An emulator shows its host's /proc/cpuinfo.
TEST(CpuFeatures, AreTheWantedOnes) {
  const char* value = getenv("BITMATMUL_TEST_FEATURES");
  if (value == nullptr) GTEST_SKIP() << "BITMATMUL_TEST_FEATURES is not set: AgreeWithLinux decides";
  std::set<std::string> wanted, found;
  std::istringstream names(value);
  for (std::string name; std::getline(names, name, ',');) wanted.insert(name);
  for (int bit = 0; bit < 64; ++bit) {
    const uint64_t feature = bitmatmul_cpu_features() & (uint64_t{1} << bit);
    if (feature != 0) found.insert(bitmatmul_feature_name(feature));
  }
  EXPECT_EQ(wanted, found);
}

TEST(CpuFeatures, AgreeWithLinux) {
  if (getenv("BITMATMUL_TEST_FEATURES") != nullptr) GTEST_SKIP() << "AreTheWantedOnes decides";
  const std::set<std::string> flags = ProcFlags();
  ASSERT_FALSE(flags.empty()) << "found no flags in /proc/cpuinfo";
  const struct {
    uint64_t feature;
    std::vector<std::string> flags;
  } features[] = {
#if defined(BITMATMUL_X86_64)
      {BITMATMUL_FEATURE_AVX2, {"avx2"}},
      {BITMATMUL_FEATURE_AVX_VNNI, {"avx_vnni"}},
      {BITMATMUL_FEATURE_FMA, {"fma"}},
      {BITMATMUL_FEATURE_F16C, {"f16c"}},
      {BITMATMUL_FEATURE_AVX512, {"avx512f", "avx512bw", "avx512dq", "avx512vl"}},
      {BITMATMUL_FEATURE_AVX512_VNNI, {"avx512_vnni"}},
      {BITMATMUL_FEATURE_AVX512_VBMI, {"avx512vbmi"}},
      {BITMATMUL_FEATURE_AVX512_VPOPCNTDQ, {"avx512_vpopcntdq"}},
      {BITMATMUL_FEATURE_AMX_INT8, {"amx_tile", "amx_int8"}},
#else
      {BITMATMUL_FEATURE_NEON, {"asimd"}},
      {BITMATMUL_FEATURE_NEON_DOTPROD, {"asimddp"}},
      {BITMATMUL_FEATURE_NEON_I8MM, {"i8mm"}},
#endif
  };
  const uint64_t found = bitmatmul_cpu_features();
  for (const auto& feature : features) {
    bool wanted = true;
    for (const std::string& flag : feature.flags) wanted &= flags.count(flag) != 0;
    EXPECT_EQ(wanted, (found & feature.feature) != 0) << bitmatmul_feature_name(feature.feature);
  }
}

}  // namespace
#endif
