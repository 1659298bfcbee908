package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.tests.Leading;

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

    long[] leadingDimensions() {
        return Leading.dimensions(m, problem.spec().n());
    }

    /** The shape of X, for K columns, or of Y, for N. */
    long[] shape(int columns) {
        return Leading.shape(m, problem.spec().n(), columns);
    }

    @Override
    public String toString() {
        return replay;
    }
}
