package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.util.Optional;

/** Whether what was measured was also right: ours to the oracle's last bit, others within their quantization error. */
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
        Optional<OwnOperator> own = file.contender().own();
        boolean exact = own.isPresent();
        float[] wanted = exact ? own.get().oracle(file.matrix(node), some, rows) : exactProduct(file, node, some, rows);
        double tolerance = exact ? 0 : tolerance(values, shape.k());
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

    /**
     * How far a peer may be from the product of what was not quantized. The coarsest of them rounds all of X to 255 steps
     * between its extremes: errors spread evenly over a step, of which two thirds meet a weight that is not zero. Eight
     * standard deviations of their sum are beyond chance, and a tenth of the products' own spread.
     */
    private static double tolerance(float[] values, int k) {
        float least = 0;
        float most = 0;
        for (float value : values) {
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        double step = (most - least) / 255;
        return 8 * step / Math.sqrt(12) * Math.sqrt(k * 2 / 3.0) * Operator.SCALE;
    }

    private static float[] exactProduct(ModelFile file, int node, float[] x, int rows) {
        Shape shape = file.shape();
        float[] y = new float[rows * shape.n()];
        byte[] weights = new byte[shape.k()];
        for (int n = 0; n < shape.n(); n++) {
            file.matrix(node).copyRow(n, weights, 0);
            for (int row = 0; row < rows; row++) {
                double sum = 0;
                for (int k = 0; k < shape.k(); k++) {
                    sum += weights[k] * (double) x[row * shape.k() + k];
                }
                y[row * shape.n() + n] = (float) (sum * Operator.SCALE);
            }
        }
        return y;
    }
}
