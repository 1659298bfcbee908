package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.ops.RowSource;

/** A matrix [n, k] of weights −1, 0 and +1 that its file stores together with their scales. */
public interface QuantizedMatrix {
    /** Whether no weight is 0. */
    boolean isBinary();

    /** The largest number of columns that share a scale: 0 where all columns of a row do. */
    int blockSize();

    /**
     * What a unit of weight is worth.
     *
     * @param blockSize 0 where {@link #blockSize()} is 0, or else a divisor of it and of k
     * @return [1], [n], or with a block size [n, k / blockSize]
     */
    float[] scale(int blockSize);

    /** The weights, read from the file as they are asked for. */
    RowSource rows();
}
