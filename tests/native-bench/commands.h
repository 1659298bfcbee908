// What bitmatmul_bench can do. All throw std::runtime_error with one line on bad options or results.
#pragma once

#include "options.h"

namespace bitmatmul::bench {

// Memory bandwidth and int8 peaks of the machine.
void LimitsCommand(int argc, char** argv);
// Bare kernels.
void KernelsCommand(int argc, char** argv);
// One kernel, some products, no clock: for tools that count instructions.
void CountCommand(int argc, char** argv);

}  // namespace bitmatmul::bench
