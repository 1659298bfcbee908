/**
 * What the op {@code CustomBitMatMul} means, in the JDK alone: its schema, the packed layout of its weights, the
 * quantization of its activations and {@link io.github.bitnetort.ops.ScalarBitMatMul}, the oracle that every other
 * implementation is compared with, bit for bit. {@code CustomBitMatMul.md} beside the sources is the contract in words.
 *
 * <p>{@code CustomMatMulNBits}, the op for 8-bit and 4-bit layers, has the same: its schema, {@link
 * io.github.bitnetort.ops.NBitsRows}, {@link io.github.bitnetort.ops.ScalarMatMulNBits} and {@code CustomMatMulNBits.md};
 * so has {@code CustomMatMulF16}, the op for float16 layers: {@link io.github.bitnetort.ops.ScalarMatMulF16}.
 * {@code CustomGatedUnit} is the op between a layer's merged projections and what follows: {@link
 * io.github.bitnetort.ops.ScalarGatedUnit}; {@code CustomRmsNorm} that of a model's norms: {@link
 * io.github.bitnetort.ops.ScalarRmsNorm}; {@code CustomGroupQueryAttention} that of its attention: {@link
 * io.github.bitnetort.ops.ScalarGroupQueryAttention}.
 *
 * <p>M is the number of activation rows (1 in decode), K their length, N the length of an output row.
 */
package io.github.bitnetort.ops;
