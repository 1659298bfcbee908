#include "guarded_buffer.h"

#include <cstdio>
#include <cstdlib>

#if defined(_WIN32)
#include <windows.h>
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace bitmatmul::test {
namespace {

#if defined(_WIN32)
size_t PageSize() {
  SYSTEM_INFO info;
  GetSystemInfo(&info);
  return info.dwPageSize;
}
void* MapWithGuard(size_t size, size_t page) {
  char* base = static_cast<char*>(VirtualAlloc(nullptr, size + page, MEM_RESERVE, PAGE_NOACCESS));
  return base != nullptr && VirtualAlloc(base, size, MEM_COMMIT, PAGE_READWRITE) != nullptr ? base : nullptr;
}
void Unmap(void* base, size_t) { VirtualFree(base, 0, MEM_RELEASE); }
#else
size_t PageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }
void* MapWithGuard(size_t size, size_t page) {
  void* base = mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (base == MAP_FAILED) return nullptr;
  return mprotect(static_cast<char*>(base) + size, page, PROT_NONE) == 0 ? base : nullptr;
}
void Unmap(void* base, size_t size) { munmap(base, size); }
#endif

}  // namespace

GuardedMemory::GuardedMemory(size_t size) {
  const size_t page = PageSize();
  const size_t pages = (size + page - 1) / page * page + page;
  base_ = MapWithGuard(pages, page);
  mapped_ = pages + page;
  if (base_ == nullptr) {
    fprintf(stderr, "found no memory for %zu guarded bytes\n", size);
    abort();
  }
  data_ = static_cast<char*>(base_) + pages - size;
}

GuardedMemory::~GuardedMemory() { Unmap(base_, mapped_); }

}  // namespace bitmatmul::test
