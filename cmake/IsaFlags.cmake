# The only place with instruction set flags.
#
# bitmatmul_add_isa_sources(<target> <isa> <file>...): adds files to the target, compiled for that instruction set,
# where the target architecture has it.

if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|amd64|AMD64)$")
  set(BITMATMUL_ARCHITECTURE X86_64)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64|ARM64)$")
  set(BITMATMUL_ARCHITECTURE ARM64)
else()
  set(BITMATMUL_ARCHITECTURE OTHER)
endif()

# Which instruction sets a build for each architecture compiles.
set(BITMATMUL_ISAS_X86_64 avx2 avx_vnni avx512_vnni avx512_vbmi avx512_vpopcntdq amx)
set(BITMATMUL_ISAS_ARM64 neon neon_dotprod neon_i8mm)
set(BITMATMUL_ISAS_OTHER)
# Sets together with what nearly every CPU that has them has too. Tests go by the sets above.
set(BITMATMUL_EXTENDED_ISAS_X86_64 avx2_fma)

# gcc and clang.
set(BITMATMUL_FLAGS_GNU_avx2 -mavx2 -mpopcnt)
set(BITMATMUL_FLAGS_GNU_avx2_fma ${BITMATMUL_FLAGS_GNU_avx2} -mfma -mf16c)
set(BITMATMUL_FLAGS_GNU_avx_vnni -mavx2 -mavxvnni)
set(BITMATMUL_FLAGS_GNU_avx512_vnni -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni)
set(BITMATMUL_FLAGS_GNU_avx512_vbmi ${BITMATMUL_FLAGS_GNU_avx512_vnni} -mavx512vbmi)
set(BITMATMUL_FLAGS_GNU_avx512_vpopcntdq -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vpopcntdq)
set(BITMATMUL_FLAGS_GNU_amx -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vbmi -mamx-tile -mamx-int8 -mprfchw)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # gcc's own AVX-512 header passes variables that it leaves undefined on purpose, and gcc warns of them.
  foreach(isa avx512_vnni avx512_vbmi avx512_vpopcntdq amx)
    list(APPEND BITMATMUL_FLAGS_GNU_${isa} -Wno-uninitialized -Wno-maybe-uninitialized)
  endforeach()
endif()
# Every 64-bit ARM has NEON. gcc has the dot product's intrinsics from armv8.2-a on only.
set(BITMATMUL_FLAGS_GNU_neon)
set(BITMATMUL_FLAGS_GNU_neon_dotprod -march=armv8.2-a+dotprod)
set(BITMATMUL_FLAGS_GNU_neon_i8mm -march=armv8.2-a+dotprod+i8mm)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # gcc moves all loads and masks of a loop to its top before it gives out registers, and then has too few: 219 moves
  # to and from the stack in the dot product's inner loops, 2 without.
  foreach(isa ${BITMATMUL_ISAS_ARM64})
    list(APPEND BITMATMUL_FLAGS_GNU_${isa} -fno-schedule-insns)
  endforeach()
endif()
# MSVC has no finer switch; its intrinsics need none.
set(BITMATMUL_FLAGS_MSVC_avx2 /arch:AVX2)
set(BITMATMUL_FLAGS_MSVC_avx2_fma /arch:AVX2)
set(BITMATMUL_FLAGS_MSVC_avx_vnni /arch:AVX2)
set(BITMATMUL_FLAGS_MSVC_avx512_vnni /arch:AVX512)
set(BITMATMUL_FLAGS_MSVC_avx512_vbmi /arch:AVX512)
set(BITMATMUL_FLAGS_MSVC_avx512_vpopcntdq /arch:AVX512)
set(BITMATMUL_FLAGS_MSVC_amx /arch:AVX512)

function(bitmatmul_add_isa_sources target isa)
  set(known ${BITMATMUL_ISAS_${BITMATMUL_ARCHITECTURE}} ${BITMATMUL_EXTENDED_ISAS_${BITMATMUL_ARCHITECTURE}})
  if(NOT isa IN_LIST known)
    return()
  endif()
  if(MSVC)
    set(flags ${BITMATMUL_FLAGS_MSVC_${isa}})
  else()
    set(flags ${BITMATMUL_FLAGS_GNU_${isa}})
  endif()
  target_sources(${target} PRIVATE ${ARGN})
  set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${flags}")
endfunction()
