/**
 * The native op library as Java sees it. {@link io.github.bitnetort.natives.BitMatMulLibrary} says whether it is
 * available and where its file is, lists its kernels, tells which one a matrix product gets and runs it on direct
 * buffers. The binding of the flat C header is generated: {@code BitMatMulC} under {@code target/}.
 */
package io.github.bitnetort.natives;
