#include "limits.h"

#include <algorithm>
#include <atomic>

#include "bitmatmul/cpu_info.h"

namespace bitmatmul::bench {

// Defined in the files for each instruction set that this build has.
#define BENCH_DECLARE_READERS(ISA)                  \
  uint64_t ReadPlain_##ISA(const uint8_t*, size_t); \
  uint64_t ReadAhead_##ISA(const uint8_t*, size_t); \
  uint64_t ReadFour_##ISA(const uint8_t*, size_t);
#define BENCH_READERS(ISA)                                                                                    \
  {                                                                                                           \
    {"one stream, " #ISA, ReadPlain_##ISA}, {"one stream, prefetched 8 KiB ahead, " #ISA, ReadAhead_##ISA}, { \
      "four streams, prefetched 2 KiB ahead, " #ISA, ReadFour_##ISA                                           \
    }                                                                                                         \
  }

BENCH_DECLARE_READERS(portable)
#if defined(BENCH_HAS_avx2)
BENCH_DECLARE_READERS(avx2)
extern const double kPeakOps_avx2;
void Peak_avx2(int64_t steps);
#endif
#if defined(BENCH_HAS_avx_vnni)
extern const double kPeakOps_avx_vnni;
void Peak_avx_vnni(int64_t steps);
#endif
#if defined(BENCH_HAS_avx512_vnni)
BENCH_DECLARE_READERS(avx512_vnni)
extern const double kPeakOps_avx512_vnni;
void Peak_avx512_vnni(int64_t steps);
#endif
#if defined(BENCH_HAS_amx)
extern const double kPeakOps_amx;
void Peak_amx_registers(int64_t steps);
void Peak_amx_l1(int64_t steps);
#endif

namespace {

// What is read must be used, or it is not read.
std::atomic<uint64_t> sink{0};

// A piece that is worth handing to another thread.
constexpr size_t kPieceBytes = 64 * 1024;

}  // namespace

std::vector<Reader> Readers() {
#if defined(BENCH_HAS_avx512_vnni)
  if ((bitmatmul_cpu_features() & BITMATMUL_FEATURE_AVX512) != 0) return BENCH_READERS(avx512_vnni);
#endif
#if defined(BENCH_HAS_avx2)
  if ((bitmatmul_cpu_features() & BITMATMUL_FEATURE_AVX2) != 0) return BENCH_READERS(avx2);
#endif
  return BENCH_READERS(portable);
}

const std::vector<Int8Peak>& Int8Peaks() {
  static const std::vector<Int8Peak> peaks = {
#if defined(BENCH_HAS_avx2)
      {"avx2_maddubs", {"avx2"}, BITMATMUL_FEATURE_AVX2, kPeakOps_avx2, 10000, Peak_avx2},
#endif
#if defined(BENCH_HAS_avx_vnni)
      {"avx_vnni",
       {"avx_vnni"},
       BITMATMUL_FEATURE_AVX2 | BITMATMUL_FEATURE_AVX_VNNI,
       kPeakOps_avx_vnni,
       10000,
       Peak_avx_vnni},
#endif
#if defined(BENCH_HAS_avx512_vnni)
      {"avx512_vnni",
       {"avx512_vnni", "avx512_vbmi"},
       BITMATMUL_FEATURE_AVX512 | BITMATMUL_FEATURE_AVX512_VNNI,
       kPeakOps_avx512_vnni,
       10000,
       Peak_avx512_vnni},
#endif
#if defined(BENCH_HAS_amx)
      {"amx_registers", {}, BITMATMUL_FEATURE_AMX_INT8, kPeakOps_amx, 1000, Peak_amx_registers},
      {"amx_l1", {"amx"}, BITMATMUL_FEATURE_AMX_INT8, kPeakOps_amx, 1000, Peak_amx_l1},
#endif
  };
  return peaks;
}

bool Runs(const Int8Peak& peak) { return (bitmatmul_cpu_features() & peak.features) == peak.features; }

const Int8Peak* Int8PeakOf(const std::string& isa) {
  for (const Int8Peak& peak : Int8Peaks()) {
    if (Runs(peak) && std::find(peak.isas.begin(), peak.isas.end(), isa) != peak.isas.end()) return &peak;
  }
  return nullptr;
}

double RunPeak(const Int8Peak& peak, Team* team) {
  team->OnEach([&](int) { peak.run(peak.steps); });
  return static_cast<double>(peak.steps) * peak.ops * team->threads();
}

void ReadStream(const Reader& reader, const uint8_t* data, size_t bytes, Team* team) {
  const int64_t pieces = static_cast<int64_t>((bytes + kPieceBytes - 1) / kPieceBytes);
  team->ParallelFor(pieces, [&](int64_t piece) {
    const size_t begin = static_cast<size_t>(piece) * kPieceBytes;
    const size_t length = bytes - begin < kPieceBytes ? bytes - begin : kPieceBytes;
    sink.fetch_add(reader.read(data + begin, length / kReadStep * kReadStep), std::memory_order_relaxed);
  });
}

double ReadCached(const Reader& reader, const uint8_t* data, size_t bytes_each, Team* team) {
  constexpr int kRepeats = 5;
  team->OnEach([&](int thread) {
    const uint8_t* own = data + static_cast<size_t>(thread) * bytes_each;
    uint64_t sum = 0;
    for (int i = 0; i < kRepeats; ++i) sum += reader.read(own, bytes_each);
    sink.fetch_add(sum, std::memory_order_relaxed);
  });
  return kRepeats * static_cast<double>(bytes_each) * team->threads();
}

}  // namespace bitmatmul::bench
