#include "memory.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/mman.h>
#include <unistd.h>
#define BENCH_HAS_MMAP 1
#endif

namespace bitmatmul::bench {
namespace {

constexpr size_t kHugePage = size_t{2} << 20;

size_t RoundUp(size_t value, size_t step) { return (value + step - 1) / step * step; }

#if defined(BENCH_HAS_MMAP)
[[noreturn]] void Fail(const char* what) { throw std::runtime_error(std::string(what) + ": " + strerror(errno)); }

uint8_t* MapFile(size_t bytes) {
  std::string path = (std::filesystem::temp_directory_path() / "bitmatmul-bench-XXXXXX").string();
  const int file = mkstemp(path.data());
  if (file < 0) Fail(path.c_str());
  unlink(path.c_str());
  if (ftruncate(file, static_cast<off_t>(bytes)) != 0) Fail("ftruncate");
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (data == MAP_FAILED) Fail("mmap of a file");
  return static_cast<uint8_t*>(data);
}

uint8_t* MapAnonymous(size_t bytes) {
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) Fail("mmap");
  return static_cast<uint8_t*>(data);
}
#endif

// Kilobytes of a mapping that are in anonymous huge pages, -1 where the system does not say.
long HugeKilobytes(const uint8_t* address) {
  std::ifstream maps("/proc/self/smaps");
  char start[32];
  snprintf(start, sizeof(start), "%lx-", static_cast<unsigned long>(reinterpret_cast<uintptr_t>(address)));
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.find('-') != std::string::npos && line.find(':') > line.find(' ')) inside = line.rfind(start, 0) == 0;
    if (inside && line.rfind("AnonHugePages:", 0) == 0) return strtol(line.c_str() + 14, nullptr, 10);
  }
  return -1;
}

}  // namespace

int64_t LargestCacheBytes() {
  int64_t largest = 0;
  for (int i = 0;; ++i) {
    std::ifstream file("/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(i) + "/size");
    int64_t size = 0;
    char unit = '\0';
    if (!(file >> size)) return largest;
    if (file >> unit && unit == 'K') size *= 1024;
    largest = std::max(largest, size);
  }
}

int64_t MegabytesBeyondCaches() { return std::max<int64_t>(400, LargestCacheBytes() * 5 / 2 / 1000000); }

const char* MemoryName(MemoryKind kind) {
  return kind == MemoryKind::kHugePages ? "huge" : kind == MemoryKind::kSmallPages ? "4k" : "file";
}

MemoryKind MemoryFromName(const std::string& name) {
  for (MemoryKind kind : {MemoryKind::kHugePages, MemoryKind::kSmallPages, MemoryKind::kFile}) {
    if (name == MemoryName(kind)) return kind;
  }
  throw std::runtime_error("--memory: found " + name + ", wanted huge, 4k or file");
}

#if defined(BENCH_HAS_MMAP)

Memory::Memory(MemoryKind kind, size_t bytes) : kind_(kind), bytes_(bytes) {
  mapped_bytes_ = RoundUp(bytes, kHugePage);
  if (kind == MemoryKind::kFile) {
    mapped_ = data_ = MapFile(mapped_bytes_);
    return;
  }
  mapped_bytes_ += kHugePage;
  mapped_ = MapAnonymous(mapped_bytes_);
  data_ = reinterpret_cast<uint8_t*>(RoundUp(reinterpret_cast<uintptr_t>(mapped_), kHugePage));
#if defined(MADV_HUGEPAGE)
  // A mapping of its own, so that the kernel can say how much of it is in huge pages.
  const size_t head = static_cast<size_t>(data_ - mapped_);
  if (head > 0) munmap(mapped_, head);
  mapped_ = data_;
  mapped_bytes_ -= head;
  const int advice = kind == MemoryKind::kHugePages ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;
  if (madvise(mapped_, mapped_bytes_, advice) != 0) {
    munmap(mapped_, mapped_bytes_);
    Fail(kind == MemoryKind::kHugePages ? "madvise(MADV_HUGEPAGE)" : "madvise(MADV_NOHUGEPAGE)");
  }
#endif
}

Memory::~Memory() { munmap(mapped_, mapped_bytes_); }

std::string Memory::Describe() const {
  if (kind_ != MemoryKind::kHugePages) return MemoryName(kind_);
  const long kilobytes = HugeKilobytes(mapped_);
  if (kilobytes < 0) return "huge (the system does not say how much of it)";
  const double share = 100.0 * static_cast<double>(kilobytes) * 1024 / static_cast<double>(bytes_);
  std::ostringstream text;
  text << "huge (" << static_cast<int>(share > 100 ? 100 : share) << " % in huge pages)";
  return text.str();
}

#else

Memory::Memory(MemoryKind kind, size_t bytes) : kind_(kind), bytes_(bytes), mapped_bytes_(bytes + kHugePage) {
  mapped_ = static_cast<uint8_t*>(malloc(mapped_bytes_));
  if (mapped_ == nullptr) throw std::runtime_error("found no memory for " + std::to_string(bytes) + " bytes");
  data_ = reinterpret_cast<uint8_t*>(RoundUp(reinterpret_cast<uintptr_t>(mapped_), kHugePage));
}

Memory::~Memory() { free(mapped_); }

std::string Memory::Describe() const { return std::string("heap, not ") + MemoryName(kind_) + ": no mmap here"; }

#endif

}  // namespace bitmatmul::bench
