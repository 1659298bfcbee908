#include "ort/huge_pages.h"

#if !defined(__linux__)

namespace bitmatmul {

const void* CopyToHugePages(const void*, size_t, Error error) {
  Fail(error, 0, "huge pages: found an operating system on which they are not supported, wanted Linux");
  return nullptr;
}
void ReleaseHugePageCopy(const void*, size_t) {}
void ReturnFilePages(const void*, size_t) {}

}  // namespace bitmatmul

#else

#include <pthread.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "ort/huge_page_support.h"

namespace bitmatmul {
namespace {

// Address space that is taken at once; memory only follows where it is written.
constexpr size_t kChunkBytes = size_t{64} << 20;

size_t RoundUp(size_t value, size_t step) { return (value + step - 1) / step * step; }

// A range of address space, filled from its start.
struct Chunk {
  Chunk* next;
  char* base;  // on a huge page's boundary
  size_t page;
  size_t size;      // bytes, whole huge pages
  size_t used;      // bytes from base that copies have been made to
  size_t sealed;    // bytes from base that are read-only, whole huge pages
  size_t copies;    // that have not been released
  size_t in_use[];  // for each huge page, copies that lie in it
};

class Store {
 public:
  const void* Add(const void* data, size_t bytes, size_t page, Error error) {
    if (chunks_ == nullptr || chunks_->size - chunks_->used < bytes) {
      if (!AddChunk(bytes, page, error)) return nullptr;
    }
    Chunk* const chunk = chunks_;
    char* const copy = chunk->base + chunk->used;
    memcpy(copy, data, bytes);
    ForEachPage(chunk, copy, bytes, [](Chunk* c, size_t i) { ++c->in_use[i]; });
    ++chunk->copies;
    chunk->used += RoundUp(bytes, kHugePageCopyAlignment);
    if (chunk->used > chunk->size) chunk->used = chunk->size;
    Seal(chunk, chunk->used / chunk->page * chunk->page);
    return copy;
  }

  void Remove(const char* copy, size_t bytes) {
    Chunk** link = &chunks_;
    while (!Contains(**link, copy)) link = &(*link)->next;
    Chunk* const chunk = *link;
    if (--chunk->copies == 0) {
      *link = chunk->next;
      munmap(chunk->base, chunk->size);
      free(chunk);
      return;
    }
    ForEachPage(chunk, copy, bytes, [](Chunk* c, size_t i) {
      if (--c->in_use[i] == 0) madvise(c->base + i * c->page, c->page, MADV_DONTNEED);
    });
  }

 private:
  static bool Contains(const Chunk& chunk, const char* copy) {
    return copy >= chunk.base && copy < chunk.base + chunk.size;
  }

  template <typename Function>
  static void ForEachPage(Chunk* chunk, const char* copy, size_t bytes, Function function) {
    const size_t begin = static_cast<size_t>(copy - chunk->base);
    for (size_t i = begin / chunk->page; i * chunk->page < begin + bytes; ++i) function(chunk, i);
  }

  // Only whole huge pages: protecting a part of one would split it.
  static void Seal(Chunk* chunk, size_t end) {
    if (end <= chunk->sealed) return;
    mprotect(chunk->base + chunk->sealed, end - chunk->sealed, PROT_READ);
    chunk->sealed = end;
  }

  bool AddChunk(size_t bytes, size_t page, Error error) {
    const size_t size = RoundUp(bytes > kChunkBytes ? bytes : kChunkBytes, page);
    Chunk* chunk = static_cast<Chunk*>(calloc(1, sizeof(Chunk) + size / page * sizeof(size_t)));
    char* base = chunk == nullptr ? nullptr : Map(size, page);
    if (base == nullptr) {
      free(chunk);
      Fail(error, 0, "huge pages: found no memory for %zu bytes", size);
      return false;
    }
    if (madvise(base, size, MADV_HUGEPAGE) != 0) {
      Fail(error, 0, "huge pages: madvise(MADV_HUGEPAGE) for %zu bytes: %s", size, strerror(errno));
      munmap(base, size);
      free(chunk);
      return false;
    }
    chunk->base = base;
    chunk->page = page;
    chunk->size = size;
    if (chunks_ != nullptr) {
      // Should it come to be filled again, it goes on behind the pages that are sealed now.
      chunks_->used = RoundUp(chunks_->used, chunks_->page);
      Seal(chunks_, chunks_->used);
    }
    chunk->next = chunks_;
    chunks_ = chunk;
    return true;
  }

  // Maps size bytes on a page's boundary: a little more at first, then what is too much is given back.
  static char* Map(size_t size, size_t page) {
    void* mapped = mmap(nullptr, size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return nullptr;
    char* const begin = static_cast<char*>(mapped);
    const size_t head = RoundUp(reinterpret_cast<uintptr_t>(begin), page) - reinterpret_cast<uintptr_t>(begin);
    if (head > 0) munmap(begin, head);
    if (head < page) munmap(begin + head + size, page - head);
    return begin + head;
  }

  Chunk* chunks_ = nullptr;  // the one that is being filled, then full ones
};

Store store;
pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

}  // namespace

const void* CopyToHugePages(const void* data, size_t bytes, Error error) {
  const size_t page = HugePageSize(error);
  if (page == 0) return nullptr;
  pthread_mutex_lock(&mutex);
  const void* copy = store.Add(data, bytes, page, error);
  pthread_mutex_unlock(&mutex);
  return copy;
}

void ReleaseHugePageCopy(const void* copy, size_t bytes) {
  pthread_mutex_lock(&mutex);
  store.Remove(static_cast<const char*>(copy), bytes);
  pthread_mutex_unlock(&mutex);
}

}  // namespace bitmatmul

#endif
