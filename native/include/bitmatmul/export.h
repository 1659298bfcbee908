/* Linkage of the flat C API. What the library exports is listed in native/exports.txt. */
#ifndef BITMATMUL_EXPORT_H
#define BITMATMUL_EXPORT_H

#if defined(_WIN32)
#define BITMATMUL_API /* the generated .def file exports */
#else
#define BITMATMUL_API __attribute__((visibility("default")))
#endif

#endif
