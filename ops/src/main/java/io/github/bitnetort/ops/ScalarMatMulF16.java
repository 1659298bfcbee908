package io.github.bitnetort.ops;

/** The oracle of CustomMatMulF16: the contract in plain loops. Slow on purpose. Stateless: any thread may call. */
public final class ScalarMatMulF16 {
    private ScalarMatMulF16() {}

    /**
     * Computes M rows.
     *
     * @param x [M, K], row-major
     * @param m rows, ≥ 0
     * @param y receives [M, N], row-major
     * @throws IllegalArgumentException for a negative M or buffers too short for it
     */
    public static void compute(MatMulF16Problem problem, float[] x, int m, float[] y) {
        problem.checkBuffers(x, m, y);
        for (int row = 0; row < m; row++) {
            for (int n = 0; n < problem.n(); n++) {
                float result = product(problem, n, x, row * problem.k());
                y[row * problem.n() + n] = Float.isNaN(result) ? Float.NaN : result; // one bit pattern for all NaNs
            }
        }
    }

    private static float product(MatMulF16Problem problem, int n, float[] x, int off) {
        float[] sum = new float[CustomMatMulF16.SUMS];
        int k = problem.k();
        for (int b = 0; b < k; b += sum.length) {
            for (int i = 0; i < sum.length; i++) {
                boolean column = b + i < k;
                float w = column ? problem.weight(n, b + i) : 0f;
                sum[i] = Math.fma(w, column ? x[off + b + i] : 0f, sum[i]);
            }
        }
        for (int h = sum.length / 2; h > 0; h /= 2) {
            for (int i = 0; i < h; i++) {
                sum[i] = sum[i] + sum[i + h];
            }
        }
        return sum[0];
    }
}
