package io.github.bitnetort.ops;

/** Unpacked weights, an output row at a time. */
@FunctionalInterface
public interface RowSource {
    /**
     * Writes the K weights of output row n, each −1, 0 or +1.
     *
     * @param dst filled from {@code offset}
     */
    void copyRow(int n, byte[] dst, int offset);
}
