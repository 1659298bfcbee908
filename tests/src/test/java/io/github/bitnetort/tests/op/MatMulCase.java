package io.github.bitnetort.tests.op;

import io.github.bitnetort.tests.Leading;

/** A case of a product of M rows X with a matrix of weights [N, K]. */
public interface MatMulCase extends RowsCase {
    int m();

    /** In N columns. */
    @Override
    int outputWidth();

    /** Of K columns. */
    @Override
    int inputWidth();

    @Override
    default long[] leading() {
        return Leading.dimensions(m(), outputWidth());
    }
}
