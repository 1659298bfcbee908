package io.github.bitnetort.ops;

/** Unpacked weights, an output row at a time. Threads may share one. */
@FunctionalInterface
public interface RowSource {
    /**
     * Writes the K weights of output row n, each −1, 0 or +1.
     *
     * @param dst filled from {@code offset}
     */
    void copyRow(int n, byte[] dst, int offset);

    /**
     * Writes so many output rows from {@code first} on.
     *
     * @param dst the first row from {@code offset}, each further one {@code stride} bytes behind the one before
     */
    default void copyRows(int first, int count, byte[] dst, int offset, int stride) {
        for (int i = 0; i < count; i++) {
            copyRow(first + i, dst, offset + i * stride);
        }
    }
}
