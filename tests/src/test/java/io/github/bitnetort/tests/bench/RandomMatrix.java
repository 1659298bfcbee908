package io.github.bitnetort.tests.bench;

import io.github.bitnetort.ops.RowSource;
import java.util.SplittableRandom;

/**
 * Random weights [N, K], the same for the same seed.
 *
 * @param ternary -1, 0 and +1; else -1 and +1
 */
record RandomMatrix(Shape shape, long seed, boolean ternary) implements RowSource {
    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + n);
        for (int k = 0; k < shape.k(); k++) {
            dst[offset + k] = (byte) (ternary ? random.nextInt(3) - 1 : 2 * random.nextInt(2) - 1);
        }
    }
}
