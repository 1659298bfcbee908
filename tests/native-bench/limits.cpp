#include "limits.h"

#include <algorithm>
#include <atomic>

#include "bitmatmul/cpu_info.h"

namespace bitmatmul::bench {

// Defined in the files for each instruction set that this build has.
#define BENCH_DECLARE_READERS(ISA)                  \
  uint64_t ReadPlain_##ISA(const uint8_t*, size_t); \
  uint64_t ReadAhead_##ISA(const uint8_t*, size_t); \
  uint64_t ReadFour_##ISA(const uint8_t*, size_t);  \
  uint64_t ReadSixteen_##ISA(const uint8_t*, size_t);
#define BENCH_READERS(ISA)                                                        \
  WithPieces({{"one stream, " #ISA, ReadPlain_##ISA, 0},                          \
              {"one stream, prefetched 8 KiB ahead, " #ISA, ReadAhead_##ISA, 0},  \
              {"four streams, prefetched 2 KiB ahead, " #ISA, ReadFour_##ISA, 0}, \
              {"sixteen streams, prefetched 512 bytes ahead, " #ISA, ReadSixteen_##ISA, 0}})

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

// Pieces that end where the threads' shares would not, so that nobody waits for a slow one. Smaller ones read slower.
constexpr size_t kPieceBytes = 256 * 1024;

// Each reader with a share for each thread, and with pieces.
[[maybe_unused]] std::vector<Reader> WithPieces(std::vector<Reader> readers) {
  const size_t count = readers.size();
  for (size_t i = 0; i < count; ++i) {
    readers.push_back({readers[i].name + ", in pieces", readers[i].read, kPieceBytes});
  }
  return readers;
}

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
  const size_t threads = static_cast<size_t>(team->threads());
  const size_t share = (bytes / threads + kReadStep - 1) / kReadStep * kReadStep;
  const size_t step = reader.piece_bytes > 0 ? reader.piece_bytes : share < kReadStep ? kReadStep : share;
  team->ParallelFor(static_cast<int64_t>((bytes + step - 1) / step), [&](int64_t piece) {
    const size_t begin = static_cast<size_t>(piece) * step;
    const size_t length = bytes - begin < step ? bytes - begin : step;
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
