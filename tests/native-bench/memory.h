// Memory of a chosen kind to read weights from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace bitmatmul::bench {

enum class MemoryKind {
  kHugePages,   // anonymous, MADV_HUGEPAGE
  kSmallPages,  // anonymous, MADV_NOHUGEPAGE
  kFile,        // a mapped file in the page cache, as ONNX Runtime maps external data
};

// "huge", "4k" or "file".
const char* MemoryName(MemoryKind kind);
MemoryKind MemoryFromName(const std::string& name);

// Of the largest cache, as the system reports it; 0 where it does not say. On a server it is shared by many CPUs, also
// with other machines.
int64_t LargestCacheBytes();
// Megabytes to stream, of which little can be left in a cache when they are read again: 2.5 times the largest, and no
// less than 400.
int64_t MegabytesBeyondCaches();

// Throws std::runtime_error where the system does not give it. Where there is no mmap every kind is plain heap memory,
// and Describe() says so.
class Memory {
 public:
  Memory(MemoryKind kind, size_t bytes);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // Writable, page aligned. What is written to a mapped file goes to the file, as an exporter would have written it.
  uint8_t* data() const { return data_; }
  size_t bytes() const { return bytes_; }
  // What it turned out to be, as in "huge (98 % in huge pages)".
  std::string Describe() const;

 private:
  MemoryKind kind_;
  size_t bytes_;
  size_t mapped_bytes_ = 0;
  uint8_t* mapped_ = nullptr;
  uint8_t* data_ = nullptr;
};

}  // namespace bitmatmul::bench
