package io.github.bitnetort.natives;

/**
 * The attributes of a CustomBitMatMul node, as text and numbers: the native library checks them.
 *
 * @param n output features, N
 * @param k input features, K
 * @param packing {@code binary32}, {@code ternary16} or {@code ternary20}
 * @param activation {@code int8} or {@code sign}
 * @param blockSize 0, 32, 64, 128 or 256
 */
public record MatMulSpec(long n, long k, String packing, String activation, int blockSize) {}
