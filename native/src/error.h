// Failing with a message, without exceptions: where the text goes, and how it is written.
#pragma once

#include <cstddef>
#include <cstdint>

#include "bitmatmul/layout.h"

namespace bitmatmul {

// The caller's room for a message; text may be null.
struct Error {
  char* text;
  size_t size;
};

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
// Writes the message (cut to the room there is) and returns the status.
int32_t Fail(Error error, int32_t status, const char* format, ...);

// A bounded string that grows at its end; what does not fit is cut off.
class TextBuilder {
 public:
  TextBuilder(char* text, size_t size);
#if defined(__GNUC__)
  __attribute__((format(printf, 2, 3)))
#endif
  void Append(const char* format, ...);

 private:
  char* text_;
  size_t size_;
  size_t used_ = 0;
};

}  // namespace bitmatmul
