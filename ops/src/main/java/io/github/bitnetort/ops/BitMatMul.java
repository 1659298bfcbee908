package io.github.bitnetort.ops;

/** An implementation of CustomBitMatMul. All of them give the same bits. Stateless: any thread may call. */
public interface BitMatMul {
    /** For people and logs. */
    String name();

    /**
     * Computes M rows.
     *
     * @param x [M, K], row-major
     * @param m rows, ≥ 0
     * @param y receives [M, N], row-major
     * @throws IllegalArgumentException for a negative M or buffers too short for it
     */
    void compute(BitMatMulProblem problem, float[] x, int m, float[] y);
}
