#include "ort/huge_pages.h"

#if defined(__linux__)

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace bitmatmul {
namespace {

// Flags in /proc/self/pagemap, an 8-byte entry for each page: in memory, in swap, and not anonymous, that is, a page
// of a file that this process has not written to.
constexpr uint64_t kPresent = uint64_t{1} << 63;
constexpr uint64_t kSwapped = uint64_t{1} << 62;
constexpr uint64_t kOfFile = uint64_t{1} << 61;
constexpr size_t kEntriesAtOnce = 512;

// A page whose content would be lost is anonymous and somewhere.
bool MayGo(uint64_t entry) { return (entry & kOfFile) != 0 || (entry & (kPresent | kSwapped)) == 0; }

// Gives back the pages first .. first + count - 1, all but those that may not go.
void Return(uintptr_t first, const uint64_t* entries, size_t count, size_t page) {
  for (size_t begin = 0; begin < count;) {
    size_t end = begin;
    while (end < count && MayGo(entries[end])) ++end;
    if (end > begin) madvise(reinterpret_cast<void*>((first + begin) * page), (end - begin) * page, MADV_DONTNEED);
    begin = end + 1;
  }
}

}  // namespace

void ReturnFilePages(const void* data, size_t bytes) {
  const uintptr_t address = reinterpret_cast<uintptr_t>(data);
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const uintptr_t end = (address + bytes) / page;
  uintptr_t first = (address + page - 1) / page;
  const int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  while (first < end) {
    uint64_t entries[kEntriesAtOnce];
    const size_t wanted = end - first < kEntriesAtOnce ? end - first : kEntriesAtOnce;
    const ssize_t found =
        pread(file, entries, wanted * sizeof(entries[0]), static_cast<off_t>(first * sizeof(entries[0])));
    if (found < static_cast<ssize_t>(sizeof(entries[0]))) break;
    const size_t count = static_cast<size_t>(found) / sizeof(entries[0]);
    Return(first, entries, count, page);
    first += count;
  }
  close(file);
}

}  // namespace bitmatmul

#endif
