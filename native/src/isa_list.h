// Lists of instruction sets as BITMATMUL_ISA has them.
#pragma once

#include "error.h"

namespace bitmatmul {

// A name in a list; not terminated.
struct IsaName {
  const char* text;
  size_t length;

  bool Is(const char* isa) const;
};

// Takes the next name off a comma-separated list, which becomes null behind the last; an empty name is one too, and not
// a known one.
IsaName NextIsa(const char** list);

// Every name of a list must be one of kernels.inc and run on the features, whether or not it will be the one that is
// used.
int32_t CheckIsas(const char* isas, uint64_t features, Error error);

}  // namespace bitmatmul
