// Whether Linux gives this process transparent huge pages.
#pragma once

#include <cstddef>

#include "error.h"

namespace bitmatmul {

// What Linux says of transparent huge pages, in the words of its files below /sys/kernel/mm/transparent_hugepage;
// "" where there is no such file.
struct HugePageSettings {
  char enabled[64];           // "enabled", as in "always [madvise] never"
  char enabled_for_size[64];  // "hugepages-2048kB/enabled" (since Linux 6.8), as in "always [inherit] madvise never"
  bool disabled_for_process;  // prctl(PR_SET_THP_DISABLE), which children inherit
};

// Whether memory that asks for huge pages may get them; the error says why not.
bool AllowsHugePages(const HugePageSettings& settings, Error error);

// The size of a huge page in bytes; 0 where there are none to be had: the error says why.
size_t HugePageSize(Error error);

}  // namespace bitmatmul
