package io.github.bitnetort.ops;

import java.util.List;

/**
 * The attributes of one CustomMatMulNBits, checked.
 *
 * @param n output rows, &gt; 0
 * @param k columns, 1..{@link CustomMatMulNBits#MAX_K}; even where bits is 4
 * @param bits 8 or 4
 * @param blockSize 0: a scale for each output row; otherwise one for each block of this many columns
 */
public record MatMulNBitsSpec(int n, int k, int bits, int blockSize) {
    /** The values of the attribute {@code bits}. */
    public static final List<Integer> BITS = List.of(8, 4);

    /** The values of the attribute {@code block_size}. */
    public static final List<Integer> BLOCK_SIZES = List.of(0, 16, 32, 64, 128, 256);

    /** @throws IllegalArgumentException naming the attribute, the value found and the value wanted */
    public MatMulNBitsSpec {
        Checks.range("N", n, 1, Integer.MAX_VALUE);
        Checks.range("K", k, 1, CustomMatMulNBits.MAX_K);
        Checks.oneOf("bits", bits, BITS);
        Checks.oneOf("block_size", blockSize, BLOCK_SIZES);
        if (bits == 4 && k % 2 != 0) {
            throw new IllegalArgumentException("K: found " + k + ", wanted an even number where bits is 4");
        }
        if (blockSize > 0 && k % blockSize != 0) {
            throw new IllegalArgumentException("K: found " + k + ", wanted a multiple of block_size " + blockSize);
        }
    }

    /** Columns that share a scale: block_size, or all K. */
    public int blockColumns() {
        return blockSize > 0 ? blockSize : k;
    }

    /** Scales of an output row: K / block_size, or 1. */
    public int blocks() {
        return k / blockColumns();
    }

    /** Bytes of an output row's weights. */
    public int rowBytes() {
        return k * bits / 8;
    }

    /** What a stored number is above its weight: 128 or 8. */
    public int zeroPoint() {
        return 1 << (bits - 1);
    }

    /** [N, K · bits / 8]. */
    public long[] weightShape() {
        return new long[] {n, rowBytes()};
    }

    /** [N, K / block_size], or [N, 1]. */
    public long[] scaleShape() {
        return new long[] {n, blocks()};
    }
}
