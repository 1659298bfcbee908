package io.github.bitnetort.tests.bench;

import io.github.bitnetort.ops.RowSource;
import java.util.SplittableRandom;

/** Random ternary weights [N, K], the same for the same seed. */
record TernaryMatrix(Shape shape, long seed) implements RowSource {
    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + n);
        for (int k = 0; k < shape.k(); k++) {
            dst[offset + k] = (byte) (random.nextInt(3) - 1);
        }
    }
}
