# Flags of every target of ours.

# bitmatmul_set_flags(<target>): for code that goes into the library.
function(bitmatmul_set_flags target)
  bitmatmul_set_common_flags(${target})
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    C_VISIBILITY_PRESET hidden
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON)
  if(MSVC)
    target_compile_options(${target} PRIVATE /GR-)
  else()
    # The library neither throws nor uses the C++ runtime, see bitmatmul_link_without_cxx_runtime. -fno-math-errno
    # changes no result; it lets rounding be an instruction.
    target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-math-errno)
  endif()
endfunction()

# bitmatmul_set_common_flags(<target>): language, warnings and floating point rules, which tests share.
function(bitmatmul_set_common_flags target)
  target_compile_features(${target} PUBLIC cxx_std_17)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_definitions(${target} PUBLIC BITMATMUL_${BITMATMUL_ARCHITECTURE}=1)
  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 /utf-8 /fp:precise)
    target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
  else()
    # Results are the same bits everywhere: no product and sum may become one fma.
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -ffp-contract=off)
  endif()
endfunction()

# bitmatmul_link_without_cxx_runtime(<target>): links as C. A static libstdc++ would bring in symbols of the glibc that
# it was built against (2.36 on Debian 12: __libc_single_threaded, _dl_find_object, pthread_* in their new versions) and
# so refuse to load on older systems. Code that needs no C++ runtime needs glibc 2.14, and the linker refuses code that
# does need one.
function(bitmatmul_link_without_cxx_runtime target)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  if(UNIX)
    target_link_libraries(${target} PRIVATE m)
  endif()
  if(UNIX AND NOT APPLE)
    target_link_options(${target} PRIVATE -static-libgcc)
    if(NOT BITMATMUL_SANITIZE)
      target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
  endif()
endfunction()
