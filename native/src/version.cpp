#include "bitmatmul/bitmatmul.h"

extern "C" const char* bitmatmul_version(void) { return BITMATMUL_VERSION; }
