// The detected features against what the kernel says: a feature that went unnoticed would leave its kernels untested
// and unused in silence.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "bitmatmul/cpu_info.h"

#if defined(__linux__) && defined(BITMATMUL_X86_64)
namespace {

std::set<std::string> ProcFlags() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("flags", 0) != 0) continue;
    std::istringstream words(line.substr(line.find(':') + 1));
    std::set<std::string> flags;
    for (std::string word; words >> word;) flags.insert(word);
    return flags;
  }
  return {};
}

TEST(CpuFeatures, AgreeWithLinux) {
  const std::set<std::string> flags = ProcFlags();
  ASSERT_FALSE(flags.empty()) << "found no flags in /proc/cpuinfo";
  const struct {
    uint64_t feature;
    std::vector<std::string> flags;
  } features[] = {
      {BITMATMUL_FEATURE_AVX2, {"avx2"}},
      {BITMATMUL_FEATURE_AVX_VNNI, {"avx_vnni"}},
      {BITMATMUL_FEATURE_AVX512, {"avx512f", "avx512bw", "avx512dq", "avx512vl"}},
      {BITMATMUL_FEATURE_AVX512_VNNI, {"avx512_vnni"}},
      {BITMATMUL_FEATURE_AVX512_VBMI, {"avx512vbmi"}},
      {BITMATMUL_FEATURE_AVX512_VPOPCNTDQ, {"avx512_vpopcntdq"}},
      {BITMATMUL_FEATURE_AMX_INT8, {"amx_tile", "amx_int8"}},
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
