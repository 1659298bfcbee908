package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.tests.op.MatMulCase;

/**
 * One product with the answer that every implementation must give.
 *
 * @param group what it is a case of
 * @param replay all that is needed to make it again
 * @param x [m, K]
 * @param expected Y, [m, N]
 * @param portable whether the portable function body promises to give Y (finite input, no overflow)
 */
record Case(String group, String replay, BitMatMulProblem problem, int m, float[] x, float[] expected, boolean portable)
        implements MatMulCase {
    Case {
        if (x.length != m * problem.spec().k()
                || expected.length != m * problem.spec().n()) {
            throw new IllegalArgumentException(replay + ": X or Y of a wrong length");
        }
    }

    @Override
    public String opType() {
        return CustomBitMatMul.OP_TYPE;
    }

    @Override
    public OnnxModel model(boolean functionBody) {
        return SingleNodeModel.of(problem.spec(), problem.weights(), problem.scale(), problem.bias())
                .withFunctionBody(functionBody)
                .withRank(leading().length + 1)
                .toModel();
    }

    @Override
    public int inputWidth() {
        return problem.spec().k();
    }

    @Override
    public int outputWidth() {
        return problem.spec().n();
    }

    @Override
    public boolean isPortable() {
        return portable;
    }

    @Override
    public double tolerance(int output, int index) {
        BitMatMulSpec spec = problem.spec();
        return spec.isBlocked() ? BlockTolerance.of(this, index / spec.n(), index % spec.n()) : -1;
    }

    @Override
    public long weightBytes() {
        return (long) Integer.BYTES * problem.spec().layout().wordCount();
    }

    @Override
    public String toString() {
        return replay;
    }
}
