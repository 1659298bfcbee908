package io.github.bitnetort.ops;

import java.util.Optional;

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

    /**
     * Writes so many output rows as they are stored, where two bits of each byte are weight + 1: so they need not become
     * weights to be packed.
     *
     * @param row the first row's number in {@code dst}
     * @return false where they are stored in another way or one of them is no weight; what was written is then void, and
     *     {@link #copyRows} says more
     */
    default boolean copyCodes(int first, int count, CodeRows dst, int row) {
        return false;
    }

    /**
     * The rows that row n shares its bytes with, where there are such: {@link #copyCodes} of a row of their first block
     * then writes the bytes of a row of each.
     */
    default Optional<RowPlanes> planes(int n) {
        return Optional.empty();
    }
}
