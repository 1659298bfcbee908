// Memory that ends at an unmapped page: reading or writing one byte too far is a fault, not luck.
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

namespace bitmatmul::test {

class GuardedMemory {
 public:
  // Aborts the test program where the system gives no memory.
  explicit GuardedMemory(size_t size);
  ~GuardedMemory();
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  // size bytes, the last one right before the unmapped page.
  void* data() const { return data_; }

 private:
  void* base_;
  size_t mapped_;
  void* data_;
};

template <class T>
class GuardedBuffer {
 public:
  explicit GuardedBuffer(size_t count) : memory_(count * sizeof(T)), count_(count) {}
  explicit GuardedBuffer(const std::vector<T>& values) : GuardedBuffer(values.size()) {
    if (count_ > 0) memcpy(data(), values.data(), count_ * sizeof(T));
  }
  T* data() const { return static_cast<T*>(memory_.data()); }
  size_t size() const { return count_; }
  std::vector<T> ToVector() const { return std::vector<T>(data(), data() + count_); }

 private:
  GuardedMemory memory_;
  size_t count_;
};

}  // namespace bitmatmul::test
