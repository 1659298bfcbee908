// Copies of weights in anonymous memory made of huge pages. One store for the process: matrices stand close together,
// so that small ones share a huge page, and a huge page goes back to the operating system with its last matrix.
// Thread-safe. Linux only: elsewhere every copy is refused.
#pragma once

#include <cstddef>

#include "error.h"

namespace bitmatmul {

// Where a copy starts, in bytes: a cache line, and what the widest vector loads like.
constexpr size_t kHugePageCopyAlignment = 64;

// Copies the bytes. What is full of copies is read-only from then on.
// Returns nullptr where the operating system gives no huge pages, or no memory; the error says why.
const void* CopyToHugePages(const void* data, size_t bytes, Error error);

// Gives a copy back; bytes as it was made with.
void ReleaseHugePageCopy(const void* copy, size_t bytes);

// Takes the pages of mapped files in the range out of this process: a later read brings them back from the file.
// Memory that is not a file's is left alone. Without /proc nothing happens: clean pages of a file are the first that
// the operating system takes when it needs memory.
void ReturnFilePages(const void* data, size_t bytes);

}  // namespace bitmatmul
