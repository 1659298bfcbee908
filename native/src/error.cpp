#include "error.h"

#include <cstdarg>
#include <cstdio>

namespace bitmatmul {

int32_t Fail(Error error, int32_t status, const char* format, ...) {
  if (error.text != nullptr && error.size > 0) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error.text, error.size, format, arguments);
    va_end(arguments);
  }
  return status;
}

TextBuilder::TextBuilder(char* text, size_t size) : text_(text), size_(text == nullptr ? 0 : size) {
  if (size_ > 0) text_[0] = '\0';
}

void TextBuilder::Append(const char* format, ...) {
  if (used_ + 1 >= size_) return;
  va_list arguments;
  va_start(arguments, format);
  const int written = vsnprintf(text_ + used_, size_ - used_, format, arguments);
  va_end(arguments);
  if (written > 0) used_ += static_cast<size_t>(written);
  if (used_ + 1 > size_) used_ = size_ - 1;
}

}  // namespace bitmatmul
