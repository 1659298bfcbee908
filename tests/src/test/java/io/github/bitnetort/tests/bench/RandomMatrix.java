package io.github.bitnetort.tests.bench;

import io.github.bitnetort.ops.RowSource;
import java.util.SplittableRandom;

/**
 * The random weights [N, K] of one node, the same for the same node. Matrices of different nodes are alike but for the
 * first weights of the first row, so that all but those can be made once for many nodes; yet no two are equal, since
 * ONNX Runtime keeps equal weights that a kernel has prepacked only once, and would then read them from the caches.
 *
 * @param ternary -1, 0 and +1; else -1 and +1
 */
record RandomMatrix(Shape shape, int node, boolean ternary) implements RowSource {
    /** Weights, from the first on, that differ between nodes: as many as tell 2^16 nodes apart. */
    static final int OWN_WEIGHTS = 16;

    /** Matrices that differ throughout; nodes take them in turns. */
    static final int SEEDS = 2;

    @Override
    public void copyRow(int n, byte[] dst, int offset) {
        SplittableRandom random = new SplittableRandom(node % SEEDS * 1_000_003L + n);
        for (int k = 0; k < shape.k(); k++) {
            dst[offset + k] = (byte) (ternary ? random.nextInt(3) - 1 : 2 * random.nextInt(2) - 1);
        }
        if (n == 0) {
            int rest = node;
            for (int k = 0; k < Math.min(OWN_WEIGHTS, shape.k()); k++) {
                dst[offset + k] = (byte) (2 * (rest & 1) - 1);
                rest >>= 1;
            }
        }
    }

    /** The first weights of the first row. */
    RandomMatrix start(int columns) {
        return new RandomMatrix(new Shape(shape.name(), 1, Math.min(columns, shape.k())), node, ternary);
    }

    /** What distinguishes the matrix from others of its seed. */
    byte[] ownWeights() {
        RandomMatrix start = start(OWN_WEIGHTS);
        byte[] weights = new byte[start.shape().k()];
        start.copyRow(0, weights, 0);
        return weights;
    }
}
