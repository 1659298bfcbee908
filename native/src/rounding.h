// Whole numbers up and down to multiples and bounds. Not for files with instruction-set flags: inline code of theirs
// may reach everyone.
#pragma once

#include <cstdint>

namespace bitmatmul {

inline int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }
inline int64_t RoundUp(int64_t value, int64_t step) { return CeilDiv(value, step) * step; }
inline int64_t AtLeast(int64_t value, int64_t least) { return value < least ? least : value; }
inline int64_t AtMost(int64_t value, int64_t most) { return value > most ? most : value; }
inline int64_t Between(int64_t value, int64_t least, int64_t most) { return AtMost(AtLeast(value, least), most); }

}  // namespace bitmatmul
