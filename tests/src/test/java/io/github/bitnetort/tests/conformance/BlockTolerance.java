package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.ops.ActivationQuantizer;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;

/**
 * How far two sums over G blocks in different orders can be apart: each is within (G − 1) · 2^-24 · Σ |term| of the true
 * sum (to first order), and adding the bias rounds once more.
 */
final class BlockTolerance {
    private static final double HALF_ULP = 0x1p-24;

    private BlockTolerance() {}

    /** At an element of Y. */
    static double of(Case given, int row, int n) {
        BitMatMulProblem problem = given.problem();
        BitMatMulSpec spec = problem.spec();
        byte[] q = new byte[spec.k()];
        float[] s = new float[spec.blocks()];
        ActivationQuantizer.quantizeRow(spec, given.x(), row * spec.k(), q, s);
        double bias = problem.bias() == null ? 0 : Math.abs(problem.bias()[n]);
        return 2 * HALF_ULP * ((spec.blocks() + 1) * magnitude(problem, n, q, s) + bias) + Float.MIN_VALUE;
    }

    private static double magnitude(BitMatMulProblem problem, int n, byte[] q, float[] s) {
        BitMatMulSpec spec = problem.spec();
        double sum = 0;
        for (int block = 0; block < spec.blocks(); block++) {
            int acc = 0;
            for (int k = block * spec.blockSize(); k < (block + 1) * spec.blockSize(); k++) {
                acc += q[k] * problem.weights().weight(n, k);
            }
            sum += Math.abs((double) acc * problem.scale(n, block) / s[block]);
        }
        return sum;
    }
}
