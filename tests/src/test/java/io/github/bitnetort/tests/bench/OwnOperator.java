package io.github.bitnetort.tests.bench;

/** An op of ours, whose results must be the oracle's bits. */
interface OwnOperator extends Operator {
    /** The kernel that the op library chooses for M rows of X. */
    String kernel(Shape shape, int m);

    /**
     * What the reference makes of it.
     *
     * @param x [rows, K]
     * @return [rows, N]
     */
    float[] oracle(RandomMatrix matrix, float[] x, int rows);
}
