package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.ops.RowSource;

/** A matrix [n, k] of weights −1, 0 and +1 that its file stores together with their scales. */
public interface QuantizedMatrix {
    /** Whether no weight is 0. */
    boolean isBinary();

    /** The largest number of columns that share a scale: 0 where all columns of a row do. */
    int blockSize();

    /** What a unit of weight is worth, where {@link #blockSize()} is 0: [1] or [n]. */
    float[] scale();

    /**
     * What a unit of weight is worth in blocks, read from the file where it has such.
     *
     * @param blockSize a divisor of k, and of {@link #blockSize()} where that is not 0
     * @return [count, k / blockSize], of the rows from {@code first} on
     */
    float[] blockScales(int blockSize, int first, int count);

    /** The weights, read from the file as they are asked for. */
    RowSource rows();
}
