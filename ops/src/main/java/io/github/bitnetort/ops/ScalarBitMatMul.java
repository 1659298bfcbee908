package io.github.bitnetort.ops;

import java.util.Arrays;

/** The oracle: the contract in plain loops. Slow on purpose; every other implementation must give its bits. */
public final class ScalarBitMatMul implements BitMatMul {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public void compute(BitMatMulProblem problem, float[] x, int m, float[] y) {
        problem.checkBuffers(x, m, y);
        BitMatMulSpec spec = problem.spec();
        byte[] q = new byte[spec.k()];
        byte[] w = new byte[spec.k()];
        float[] s = new float[spec.blocks()];
        for (int row = 0; row < m; row++) {
            if (!ActivationQuantizer.quantizeRow(spec, x, row * spec.k(), q, s)) {
                Arrays.fill(y, row * spec.n(), (row + 1) * spec.n(), Float.NaN);
                continue;
            }
            for (int n = 0; n < spec.n(); n++) {
                problem.weights().unpackRow(n, w, 0);
                float result = scaled(problem, n, w, q, s);
                if (problem.bias() != null) {
                    result = result + problem.bias()[n];
                }
                y[row * spec.n() + n] = Float.isNaN(result) ? Float.NaN : result; // one bit pattern for all NaNs
            }
        }
    }

    private static float scaled(BitMatMulProblem problem, int n, byte[] w, byte[] q, float[] s) {
        BitMatMulSpec spec = problem.spec();
        if (spec.activation() == Activation.SIGN) {
            return (float) dot(w, q, 0, spec.k()) * problem.scale(n, 0);
        }
        if (!spec.isBlocked()) {
            return ((float) dot(w, q, 0, spec.k()) * problem.scale(n, 0)) * (1f / s[0]);
        }
        float t = 0f;
        for (int block = 0; block < spec.blocks(); block++) {
            int acc = dot(w, q, block * spec.blockSize(), spec.blockSize());
            t = t + ((float) acc * problem.scale(n, block)) * (1f / s[block]);
        }
        return t;
    }

    private static int dot(byte[] w, byte[] q, int from, int length) {
        int acc = 0;
        for (int k = from; k < from + length; k++) {
            acc += w[k] * q[k];
        }
        return acc;
    }
}
