package io.github.bitnetort.tests.nbits;

import io.github.bitnetort.ops.FixedPointActivations;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;

/** How far apart two sums over G blocks can be: each is within (G − 1) · 2^-24 · Σ |term| of the true one. */
final class NBitsTolerance {
    private static final double HALF_ULP = 0x1p-24;

    private NBitsTolerance() {}

    /** At an element of Y. */
    static double of(NBitsCase given, int row, int n) {
        MatMulNBitsProblem problem = given.problem();
        MatMulNBitsSpec spec = problem.spec();
        int[] q = new int[spec.k()];
        float s = FixedPointActivations.quantize(given.x(), row * spec.k(), spec.k(), q);
        double sum = 0;
        for (int block = 0; block < spec.blocks(); block++) {
            long acc = 0;
            for (int k = block * spec.blockSize(); k < (block + 1) * spec.blockSize(); k++) {
                acc += (long) q[k] * problem.weight(n, k);
            }
            sum += Math.abs((double) acc * problem.scale(n, block) / s);
        }
        return 2 * HALF_ULP * (spec.blocks() + 1) * sum + Float.MIN_VALUE;
    }
}
