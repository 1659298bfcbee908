package io.github.bitnetort.ops.vector;

import io.github.bitnetort.ops.ActivationQuantizer;
import io.github.bitnetort.ops.BitMatMulSpec;

/** A few rows of X, quantized, as the kernel wants them; reused from batch to batch. */
final class QuantizedRows {
    private final BitMatMulSpec spec;
    private final int stride;
    private final byte[] bytes;
    private final int[] q;
    private final float[] s;
    private final int[] sumQ;
    private final float[] rowScales;
    private final boolean[] finite;

    QuantizedRows(BitMatMulSpec spec, int capacity) {
        this.spec = spec;
        this.stride = spec.layout().wordsPerRow() * spec.packing().weightsPerWord();
        this.bytes = new byte[spec.k()];
        this.q = new int[capacity * stride]; // 0 behind K, where no later row writes
        this.s = new float[capacity * spec.blocks()];
        this.sumQ = new int[capacity * spec.blocks()];
        this.rowScales = new float[spec.blocks()];
        this.finite = new boolean[capacity];
    }

    /** Quantizes the K values of x from {@code off} into row {@code row} of this batch. */
    void set(int row, float[] x, int off) {
        finite[row] = ActivationQuantizer.quantizeRow(spec, x, off, bytes, rowScales);
        int columns = spec.blockColumns();
        for (int block = 0; block < spec.blocks(); block++) {
            int sum = 0;
            for (int k = block * columns; k < (block + 1) * columns; k++) {
                q[row * stride + k] = bytes[k];
                sum += bytes[k];
            }
            sumQ[row * spec.blocks() + block] = sum;
            s[row * spec.blocks() + block] = rowScales[block];
        }
    }

    boolean isFinite(int row) {
        return finite[row];
    }

    int[] q() {
        return q;
    }

    int offset(int row) {
        return row * stride;
    }

    int sumQ(int row, int block) {
        return sumQ[row * spec.blocks() + block];
    }

    float s(int row, int block) {
        return s[row * spec.blocks() + block];
    }
}
