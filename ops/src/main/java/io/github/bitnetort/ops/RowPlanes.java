package io.github.bitnetort.ops;

/**
 * Four blocks of rows of ternary weights that share their bytes: row {@code first + p * rows + i}, p = 0..3, is the two
 * bits from 2p on of the bytes that row {@code first + i} is stored in, each being weight + 1.
 *
 * @param first the first block's first row
 * @param rows of a block
 */
public record RowPlanes(int first, int rows) {
    /** Blocks. */
    public static final int COUNT = 4;

    /** The same where so many rows come before. */
    public RowPlanes behind(int more) {
        return new RowPlanes(first + more, rows);
    }
}
