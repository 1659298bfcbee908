package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.MatMulF16Problem;
import java.util.List;

/**
 * A matrix of float16 weights in a graph, once, and what is made of it: CustomMatMulF16 nodes, and look-ups of its rows
 * for an embedding that is tied to the head.
 */
public final class MatMulF16Nodes implements HeadMatrix {
    private final GraphBuilder graph;
    private final int n;
    private final int k;
    private final String weight;

    /**
     * Adds the initializer {@code <name>.weight}.
     *
     * @param weights [N, K], little-endian
     */
    public MatMulF16Nodes(GraphBuilder graph, String name, int n, int k, TensorData weights) {
        MatMulF16Problem.checkAttributes(n, k);
        this.graph = graph;
        this.n = n;
        this.k = k;
        this.weight = graph.initializer(Initializer.streamed(
                name + ".weight",
                DataType.forNumber(CustomMatMulF16.W.type().onnxNumber()),
                new long[] {n, k},
                weights,
                CustomBitMatMul.WEIGHT_ALIGNMENT));
    }

    @Override
    public String product(String name, String x) {
        return graph.add(
                OnnxOperator.CUSTOM_MAT_MUL_F16,
                name,
                List.of(x, weight),
                Attributes.of(CustomMatMulF16.ATTRIBUTE_K.name(), k),
                Attributes.of(CustomMatMulF16.ATTRIBUTE_N.name(), n));
    }

    /** {@inheritDoc} Gather reads the rows that are asked for where they lie, and only those become floats. */
    @Override
    public String rows(String name, String indices) {
        String stored = graph.add(OnnxOperator.GATHER, name + "/stored", List.of(weight, indices));
        return graph.add(OnnxOperator.CAST, name, List.of(stored), Attributes.to(DataType.FLOAT));
    }
}
