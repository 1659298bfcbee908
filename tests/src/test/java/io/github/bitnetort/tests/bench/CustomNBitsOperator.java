package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulNBitsNodes;
import io.github.bitnetort.natives.NBitsMatMul;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.ops.ScalarMatMulNBits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * CustomMatMulNBits.
 *
 * @param block columns with a scale of their own; 0: a row
 */
record CustomNBitsOperator(int bits, int block) implements OwnOperator {
    private MatMulNBitsSpec spec(Shape shape) {
        return new MatMulNBitsSpec(shape.n(), shape.k(), bits, block);
    }

    @Override
    public long bytes(Shape shape) {
        MatMulNBitsSpec spec = spec(shape);
        return shape.n() * (spec.rowBytes() + (long) Float.BYTES * spec.blocks());
    }

    @Override
    public Prepared prepare(RandomMatrix matrix) {
        MatMulNBitsSpec spec = spec(matrix.shape());
        NBitsBytes bytes = new NBitsBytes(bits);
        ByteBuffer packed = bytes.pack(matrix, spec.k());
        ByteBuffer scales = Operator.littleEndian(spec.n() * spec.blocks() * Float.BYTES);
        scales.asFloatBuffer().put(scales(spec));
        return (model, graph, y, own) -> new MatMulNBitsNodes(
                        graph,
                        y,
                        spec,
                        Operator.changed(packed, copy -> bytes.put(own.ownWeights(), copy, 0)),
                        Tensors.data(scales))
                .product(y, "X");
    }

    @Override
    public String kernel(Shape shape, int m) {
        return NBitsMatMul.KERNELS.chosen(null).name();
    }

    @Override
    public float[] oracle(RandomMatrix matrix, float[] x, int rows) {
        MatMulNBitsSpec spec = spec(matrix.shape());
        byte[] packed = new NBitsBytes(bits).pack(matrix, spec.k()).array();
        float[] y = new float[rows * spec.n()];
        Arrays.fill(y, Float.NaN);
        ScalarMatMulNBits.compute(new MatMulNBitsProblem(spec, packed, scales(spec)), x, rows, y);
        return y;
    }

    private static float[] scales(MatMulNBitsSpec spec) {
        float[] scales = new float[spec.n() * spec.blocks()];
        Arrays.fill(scales, SCALE);
        return scales;
    }
}
