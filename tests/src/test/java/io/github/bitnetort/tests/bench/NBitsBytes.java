package io.github.bitnetort.tests.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Rows of weights in the bytes of MatMulNBits: the first weight in the lowest bits; the zero point is 2^(bits - 1). */
record NBitsBytes(int bits) {
    /**
     * All rows, each of which ends with weights of 0 where it is longer.
     *
     * @param columns of a row, at least K
     */
    ByteBuffer pack(RandomMatrix matrix, int columns) {
        int rowBytes = columns * bits / 8;
        ByteBuffer packed = Operator.littleEndian(matrix.shape().n() * rowBytes);
        byte[] row = new byte[columns];
        for (int n = 0; n < matrix.shape().n(); n++) {
            Arrays.fill(row, matrix.shape().k(), columns, (byte) 0);
            matrix.copyRow(n, row, 0);
            put(row, packed, n * rowBytes);
        }
        return packed;
    }

    /** Replaces as many packed weights as there are. */
    void put(byte[] weights, ByteBuffer packed, int offset) {
        int zero = 1 << bits - 1;
        int mask = (1 << bits) - 1;
        for (int i = 0; i < weights.length; i++) {
            int shift = i * bits % 8;
            int at = offset + i * bits / 8;
            packed.put(at, (byte) (packed.get(at) & ~(mask << shift) | weights[i] + zero << shift));
        }
    }
}
