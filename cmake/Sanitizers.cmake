# BITMATMUL_SANITIZE: a list for -fsanitize=, as in -DBITMATMUL_SANITIZE=address,undefined. For test builds: the
# library for Java is built without.

set(BITMATMUL_SANITIZE "" CACHE STRING "Sanitizers for all targets (gcc and clang), as in address,undefined")

if(BITMATMUL_SANITIZE)
  if(MSVC)
    message(FATAL_ERROR "BITMATMUL_SANITIZE: found ${BITMATMUL_SANITIZE} with MSVC, wanted gcc or clang")
  endif()
  add_compile_options(-fsanitize=${BITMATMUL_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g)
  add_link_options(-fsanitize=${BITMATMUL_SANITIZE})
endif()
