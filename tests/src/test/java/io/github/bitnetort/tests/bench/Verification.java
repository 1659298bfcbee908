package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import java.util.Arrays;

/** Whether what was measured was also right: ours to the last bit, others' nearly. */
final class Verification {
    /** Rows of X that are checked, from the first to the last. */
    private static final int ROWS = 8;

    private Verification() {}

    /**
     * Checks the output of the last node.
     *
     * @param values what x holds, [m, K]
     */
    static void verify(ModelSession session, OnnxTensor x, float[] values) throws OrtException {
        ModelFile file = session.file();
        Shape shape = file.shape();
        int m = values.length / shape.k();
        int node = file.nodes() - 1;
        float[] y = session.output(x, node);
        int rows = Math.min(m, ROWS);
        float[] some = new float[rows * shape.k()];
        for (int i = 0; i < rows; i++) {
            System.arraycopy(values, row(i, rows, m) * shape.k(), some, i * shape.k(), shape.k());
        }
        float[] wanted = oracle(file, node, some, rows);
        // Peers quantize each block of X on its own, or not at all, and round their scales.
        boolean exact = file.contender().custom().isPresent();
        float tolerance = exact ? 0 : 0.05f * (float) Math.sqrt(shape.k()) * Operator.SCALE;
        for (int i = 0; i < rows; i++) {
            for (int n = 0; n < shape.n(); n++) {
                float found = y[row(i, rows, m) * shape.n() + n];
                float expected = wanted[i * shape.n() + n];
                boolean right = exact
                        ? Float.floatToRawIntBits(found) == Float.floatToRawIntBits(expected)
                        : Math.abs(found - expected) <= tolerance;
                if (!right) {
                    throw new IllegalStateException(shape + ", "
                            + file.contender().title() + ", M = " + m + ", output ["
                            + row(i, rows, m) + ", " + n + "]: found " + found + ", wanted " + expected + " within "
                            + tolerance);
                }
            }
        }
    }

    private static int row(int i, int rows, int m) {
        return rows == 1 ? 0 : (int) ((long) i * (m - 1) / (rows - 1));
    }

    private static float[] oracle(ModelFile file, int node, float[] x, int rows) {
        Shape shape = file.shape();
        CustomOperator operator =
                file.contender().custom().orElse(new CustomOperator(Packing.TERNARY16, Activation.INT8));
        BitMatMulSpec spec = operator.spec(shape);
        int[] words = WeightPacker.pack(spec.layout(), file.matrix(node));
        float[] scale = {Operator.SCALE};
        float[] y = new float[rows * shape.n()];
        Arrays.fill(y, Float.NaN);
        new ScalarBitMatMul()
                .compute(new BitMatMulProblem(spec, PackedWeights.of(spec.layout(), words), scale, null), x, rows, y);
        return y;
    }
}
