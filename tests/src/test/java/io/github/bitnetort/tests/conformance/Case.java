package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.ops.BitMatMulProblem;

/**
 * One product with the answer that every implementation must give.
 *
 * @param group what it is a case of
 * @param replay all that is needed to make it again
 * @param x [m, K]
 * @param expected Y, [m, N]
 * @param portable whether the portable function body promises to give Y (finite input, no overflow)
 */
record Case(
        String group, String replay, BitMatMulProblem problem, int m, float[] x, float[] expected, boolean portable) {
    Case {
        if (x.length != m * problem.spec().k()
                || expected.length != m * problem.spec().n()) {
            throw new IllegalArgumentException(replay + ": X or Y of a wrong length");
        }
    }

    /** X's leading dimensions, whose product is M: none, one or two, so that every rank is met. */
    long[] leadingDimensions() {
        if (m == 1 && problem.spec().n() % 2 == 0) {
            return new long[0];
        }
        return m % 3 == 0 && m > 0 ? new long[] {3, m / 3} : new long[] {m};
    }

    /** The shape of X, for K columns, or of Y, for N. */
    long[] shape(int columns) {
        long[] leading = leadingDimensions();
        long[] shape = java.util.Arrays.copyOf(leading, leading.length + 1);
        shape[leading.length] = columns;
        return shape;
    }

    @Override
    public String toString() {
        return replay;
    }
}
