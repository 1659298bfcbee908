package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** ONNX Runtime's MatMulNBits: a scale for each block of a row, int8 arithmetic (accuracy_level 4). */
record MatMulNBitsOperator(int bits, int block) implements Operator {
    private static final int INT8_ARITHMETIC = 4;

    @Override
    public long bytes(Shape shape) {
        return shape.n() * blocks(shape) * (blockBytes() + Float.BYTES);
    }

    private long blocks(Shape shape) {
        return (shape.k() + block - 1) / block;
    }

    private int blockBytes() {
        return block * bits / 8;
    }

    @Override
    public Prepared prepare(RandomMatrix matrix) {
        Shape shape = matrix.shape();
        int n = shape.n();
        long blocks = blocks(shape);
        NBitsBytes bytes = new NBitsBytes(bits);
        ByteBuffer packed = bytes.pack(matrix, (int) blocks * block);
        float[] scales = new float[(int) (n * blocks)];
        Arrays.fill(scales, SCALE);
        ByteBuffer scaleBytes = Operator.littleEndian(scales.length * Float.BYTES);
        scaleBytes.asFloatBuffer().put(scales);
        return (model, graph, y, own) -> {
            String b = Operator.constant(
                    graph,
                    y + ".B",
                    DataType.UINT8,
                    new long[] {n, blocks, blockBytes()},
                    Operator.changed(packed, copy -> bytes.put(own.ownWeights(), copy, 0)));
            String s = Operator.constant(
                    graph, y + ".scales", DataType.FLOAT, new long[] {n * blocks}, Tensors.data(scaleBytes));
            model.graph()
                    .nodes()
                    .add(NodeProto.newBuilder()
                            .setOpType("MatMulNBits")
                            .setDomain(BenchModels.MICROSOFT)
                            .setName(y)
                            .addAllInput(List.of("X", b, s))
                            .addOutput(y)
                            .addAllAttribute(List.of(
                                    Attributes.of("K", shape.k()),
                                    Attributes.of("N", n),
                                    Attributes.of("bits", bits),
                                    Attributes.of("block_size", block),
                                    Attributes.of("accuracy_level", INT8_ARITHMETIC)))
                            .build());
        };
    }
}
