// bitmatmul_bench limits|kernels|count [--option value]...
#include <cstdio>
#include <cstring>
#include <exception>

#include "commands.h"

int main(int argc, char** argv) {
  using namespace bitmatmul::bench;
  const char* command = argc < 2 ? "" : argv[1];
  try {
    if (strcmp(command, "limits") == 0) {
      LimitsCommand(argc - 2, argv + 2);
    } else if (strcmp(command, "kernels") == 0) {
      KernelsCommand(argc - 2, argv + 2);
    } else if (strcmp(command, "count") == 0) {
      CountCommand(argc - 2, argv + 2);
    } else {
      fprintf(stderr, "bitmatmul_bench: found command '%s', wanted limits, kernels or count\n", command);
      return 2;
    }
  } catch (const std::exception& error) {
    fprintf(stderr, "bitmatmul_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
