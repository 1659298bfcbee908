# Builds for 64-bit ARM with Debian's cross compiler, and runs what it builds under QEMU:
#   cmake -S native -B build --toolchain cmake/toolchain-aarch64-linux-gnu.cmake -DBITMATMUL_TESTS=ON
# Debian's packages: g++-aarch64-linux-gnu, and qemu-user for the tests.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(bitmatmul_prefix aarch64-linux-gnu)
set(bitmatmul_sysroot /usr/${bitmatmul_prefix})

find_program(BITMATMUL_CROSS_CXX ${bitmatmul_prefix}-g++)
find_program(BITMATMUL_CROSS_C ${bitmatmul_prefix}-gcc)
find_program(BITMATMUL_QEMU NAMES qemu-aarch64 qemu-aarch64-static)
if(NOT BITMATMUL_CROSS_CXX OR NOT BITMATMUL_CROSS_C)
  message(FATAL_ERROR "found no ${bitmatmul_prefix}-g++; wanted Debian's package g++-aarch64-linux-gnu: "
                      "apt-get install g++-aarch64-linux-gnu")
endif()
if(BITMATMUL_TESTS AND NOT BITMATMUL_QEMU)
  message(FATAL_ERROR "found no qemu-aarch64, which runs the tests; wanted Debian's package qemu-user: "
                      "apt-get install qemu-user (or -DBITMATMUL_TESTS=OFF)")
endif()
set(CMAKE_C_COMPILER ${BITMATMUL_CROSS_C})
set(CMAKE_CXX_COMPILER ${BITMATMUL_CROSS_CXX})
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES BITMATMUL_TESTS)

# The machine's own packages are not for this processor.
set(CMAKE_FIND_ROOT_PATH ${bitmatmul_sysroot})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

if(BITMATMUL_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${BITMATMUL_QEMU} -L ${bitmatmul_sysroot})
endif()

# The CPUs to test on, and what each of them has: native/test/emulated_cpus.cmake.
set(BITMATMUL_EMULATED_CPUS cortex-a72 neoverse-n1 max)
set(BITMATMUL_ISAS_OF_cortex-a72 neon)
set(BITMATMUL_ISAS_OF_neoverse-n1 neon neon_dotprod)
set(BITMATMUL_ISAS_OF_max neon neon_dotprod neon_i8mm)
