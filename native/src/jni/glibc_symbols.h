/*
 * For the JNI library that JavaCPP generates. Its code calls dlopen and its kin; glibc 2.34 moved them from libdl into
 * libc under a new version, so that a library linked there refuses to load on anything older. Asking for their old
 * version lets one file run on glibc 2.28 too: newer ones keep it, and in older ones the JVM has loaded libdl.
 */
#if defined(__linux__)
#include <features.h>
#endif
#if defined(__linux__) && defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#if defined(__x86_64__)
#define BITMATMUL_GLIBC "GLIBC_2.2.5"
#else
#define BITMATMUL_GLIBC "GLIBC_2.17"
#endif
__asm__(".symver dlopen,dlopen@" BITMATMUL_GLIBC);
__asm__(".symver dlsym,dlsym@" BITMATMUL_GLIBC);
__asm__(".symver dlerror,dlerror@" BITMATMUL_GLIBC);
__asm__(".symver dlclose,dlclose@" BITMATMUL_GLIBC);
#endif
