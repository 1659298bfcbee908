package io.github.bitnetort.ops;

/**
 * One CustomMatMulNBits with its constants, checked once. The arrays are the caller's and are not copied.
 *
 * @param weights [N, K · bits / 8], row-major; less than 2 GB
 * @param scale [N, K / block_size] or [N, 1], row-major; finite
 */
public record MatMulNBitsProblem(MatMulNBitsSpec spec, byte[] weights, float[] scale) {
    /** @throws IllegalArgumentException naming the input, what was found and what was wanted */
    public MatMulNBitsProblem {
        Checks.length("W", weights.length, (long) spec.n() * spec.rowBytes());
        Checks.length("scale", scale.length, (long) spec.n() * spec.blocks());
        for (int i = 0; i < scale.length; i++) {
            Checks.finite("scale", i, scale[i]);
        }
    }

    /** The weight of output row n and column k. */
    public int weight(int n, int k) {
        int row = n * spec.rowBytes();
        if (spec.bits() == 8) {
            return (weights[row + k] & 0xff) - spec.zeroPoint();
        }
        int pair = weights[row + k / 2] & 0xff;
        return (k % 2 == 0 ? pair & 0xf : pair >>> 4) - spec.zeroPoint();
    }

    /** What a unit of weight is worth in output row n and block {@code block} of K (0 without blocks). */
    public float scale(int n, int block) {
        return scale[n * spec.blocks() + block];
    }

    /** Refuses buffers that are shorter than M rows of X and of Y. */
    public void checkBuffers(float[] x, int m, float[] y) {
        Checks.range("M", m, 0, Integer.MAX_VALUE);
        Checks.atLeast("X", x.length, (long) m * spec.k());
        Checks.atLeast("Y", y.length, (long) m * spec.n());
    }
}
