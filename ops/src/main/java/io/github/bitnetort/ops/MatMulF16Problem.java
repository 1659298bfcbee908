package io.github.bitnetort.ops;

/**
 * One CustomMatMulF16 with its constants, checked once. The array is the caller's and is not copied.
 *
 * @param n output rows, &gt; 0
 * @param k columns, 1..{@link CustomMatMulF16#MAX_K}
 * @param weights the bits of [N, K] float16 numbers, row-major
 */
public record MatMulF16Problem(int n, int k, short[] weights) {
    /** @throws IllegalArgumentException naming the attribute or input, what was found and what was wanted */
    public MatMulF16Problem {
        checkAttributes(n, k);
        Checks.length("W", weights.length, (long) n * k);
    }

    /**
     * Refuses what is no N or no K of the op.
     *
     * @throws IllegalArgumentException naming the attribute, what was found and what was wanted
     */
    public static void checkAttributes(long n, long k) {
        Checks.range("N", n, 1, Integer.MAX_VALUE);
        Checks.range("K", k, 1, CustomMatMulF16.MAX_K);
    }

    /** The weight of output row n and column k. */
    public float weight(int n, int k) {
        return Float16.toFloat(weights[n * this.k + k]);
    }

    /** Refuses buffers that are shorter than M rows of X and of Y. */
    public void checkBuffers(float[] x, int m, float[] y) {
        Checks.range("M", m, 0, Integer.MAX_VALUE);
        Checks.atLeast("X", x.length, (long) m * k);
        Checks.atLeast("Y", y.length, (long) m * n);
    }
}
