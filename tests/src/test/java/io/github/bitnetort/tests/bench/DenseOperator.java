package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.util.List;

/** ONNX Runtime's products with one weight a byte, or one a float: [K, N], row-major. */
enum DenseOperator implements Operator {
    /**
     * What ONNX Runtime fuses DynamicQuantizeLinear, MatMulInteger, Cast and Mul to. Written as the fused operator: of
     * several nodes that quantize the same X, its optimizer would keep one.
     */
    DYNAMIC_INT8(Byte.BYTES, DataType.INT8) {
        @Override
        NodeProto node(GraphBuilder graph, String y, String weights) {
            ByteBuffer scale = Operator.littleEndian(Float.BYTES).putFloat(0, SCALE);
            String b = Operator.constant(graph, y + ".scale", DataType.FLOAT, new long[0], Tensors.data(scale));
            return single("DynamicQuantizeMatMul", BenchModels.MICROSOFT, y, List.of("X", weights, b));
        }
    },
    FLOAT32(Float.BYTES, DataType.FLOAT) {
        @Override
        NodeProto node(GraphBuilder graph, String y, String weights) {
            return single("MatMul", "", y, List.of("X", weights));
        }
    };

    private final int width;
    private final DataType type;

    DenseOperator(int width, DataType type) {
        this.width = width;
        this.type = type;
    }

    abstract NodeProto node(GraphBuilder graph, String y, String weights);

    @Override
    public long bytes(Shape shape) {
        return width * shape.weights();
    }

    @Override
    public Prepared prepare(RandomMatrix matrix) {
        Shape shape = matrix.shape();
        ByteBuffer data = transposed(matrix);
        return (model, graph, y, own) -> {
            byte[] ownWeights = own.ownWeights();
            String weights = Operator.constant(
                    graph, y + ".B", type, new long[] {shape.k(), shape.n()}, Operator.changed(data, copy -> {
                        for (int i = 0; i < ownWeights.length; i++) {
                            put(copy, i * shape.n(), ownWeights[i]);
                        }
                    }));
            model.graph().nodes().add(node(graph, y, weights));
        };
    }

    private ByteBuffer transposed(RandomMatrix matrix) {
        int columns = matrix.shape().n();
        int k = matrix.shape().k();
        ByteBuffer data = Operator.littleEndian(Math.toIntExact(bytes(matrix.shape())));
        byte[] row = new byte[k];
        for (int n = 0; n < columns; n++) {
            matrix.copyRow(n, row, 0);
            for (int i = 0; i < k; i++) {
                put(data, i * columns + n, row[i]);
            }
        }
        return data;
    }

    private void put(ByteBuffer data, int index, byte weight) {
        if (type == DataType.INT8) {
            data.put(index, weight);
        } else {
            data.putFloat(index * width, weight * SCALE);
        }
    }

    static NodeProto single(String opType, String domain, String y, List<String> inputs) {
        return NodeProto.newBuilder()
                .setOpType(opType)
                .setDomain(domain)
                .setName(y)
                .addAllInput(inputs)
                .addOutput(y)
                .build();
    }
}
