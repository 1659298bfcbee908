package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.model.MatMulF16Nodes;
import io.github.bitnetort.natives.F16MatMul;
import io.github.bitnetort.ops.Float16;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.ops.ScalarMatMulF16;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** CustomMatMulF16. */
record CustomF16Operator() implements OwnOperator {
    @Override
    public long bytes(Shape shape) {
        return Short.BYTES * shape.weights();
    }

    @Override
    public Prepared prepare(RandomMatrix matrix) {
        Shape shape = matrix.shape();
        short[] halves = halves(matrix);
        ByteBuffer bytes = Operator.littleEndian(halves.length * Short.BYTES);
        bytes.asShortBuffer().put(halves);
        return (model, graph, y, own) -> new MatMulF16Nodes(
                        graph, y, shape.n(), shape.k(), Operator.changed(bytes, copy -> put(own.ownWeights(), copy)))
                .product(y, "X");
    }

    @Override
    public String kernel(Shape shape, int m) {
        return F16MatMul.KERNELS.chosen(null).name();
    }

    @Override
    public float[] oracle(RandomMatrix matrix, float[] x, int rows) {
        Shape shape = matrix.shape();
        float[] y = new float[rows * shape.n()];
        Arrays.fill(y, Float.NaN);
        ScalarMatMulF16.compute(new MatMulF16Problem(shape.n(), shape.k(), halves(matrix)), x, rows, y);
        return y;
    }

    private static short[] halves(RandomMatrix matrix) {
        int k = matrix.shape().k();
        short[] halves = new short[Math.multiplyExact(matrix.shape().n(), k)];
        byte[] row = new byte[k];
        for (int n = 0; n < matrix.shape().n(); n++) {
            matrix.copyRow(n, row, 0);
            for (int i = 0; i < k; i++) {
                halves[n * k + i] = half(row[i]);
            }
        }
        return halves;
    }

    private static void put(byte[] weights, ByteBuffer bytes) {
        for (int i = 0; i < weights.length; i++) {
            bytes.putShort(i * Short.BYTES, half(weights[i]));
        }
    }

    private static short half(byte weight) {
        return Float16.fromFloat(weight * SCALE);
    }
}
