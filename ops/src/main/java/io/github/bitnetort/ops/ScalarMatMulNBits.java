package io.github.bitnetort.ops;

import java.util.Arrays;

/** The oracle of CustomMatMulNBits: the contract in plain loops. Slow on purpose. Stateless: any thread may call. */
public final class ScalarMatMulNBits {
    private ScalarMatMulNBits() {}

    /**
     * Computes M rows.
     *
     * @param x [M, K], row-major
     * @param m rows, ≥ 0
     * @param y receives [M, N], row-major
     * @throws IllegalArgumentException for a negative M or buffers too short for it
     */
    public static void compute(MatMulNBitsProblem problem, float[] x, int m, float[] y) {
        problem.checkBuffers(x, m, y);
        MatMulNBitsSpec spec = problem.spec();
        int[] q = new int[spec.k()];
        for (int row = 0; row < m; row++) {
            float s = FixedPointActivations.quantize(x, row * spec.k(), spec.k(), q);
            if (Float.isNaN(s)) {
                Arrays.fill(y, row * spec.n(), (row + 1) * spec.n(), Float.NaN);
                continue;
            }
            for (int n = 0; n < spec.n(); n++) {
                float result = scaled(problem, n, q) * (1f / s);
                y[row * spec.n() + n] = Float.isNaN(result) ? Float.NaN : result; // one bit pattern for all NaNs
            }
        }
    }

    private static float scaled(MatMulNBitsProblem problem, int n, int[] q) {
        MatMulNBitsSpec spec = problem.spec();
        if (spec.blockSize() == 0) {
            return (float) dot(problem, n, q, 0, spec.k()) * problem.scale(n, 0);
        }
        float t = 0f;
        for (int block = 0; block < spec.blocks(); block++) {
            long acc = dot(problem, n, q, block * spec.blockSize(), spec.blockSize());
            t = t + (float) acc * problem.scale(n, block);
        }
        return t;
    }

    private static long dot(MatMulNBitsProblem problem, int n, int[] q, int from, int length) {
        long acc = 0;
        for (int k = from; k < from + length; k++) {
            acc += (long) problem.weight(n, k) * q[k];
        }
        return acc;
    }
}
