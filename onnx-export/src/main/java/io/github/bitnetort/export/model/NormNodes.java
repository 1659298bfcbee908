package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.List;

/** RMSNorm in the order of transformers' float32: weight * (x * (1 / sqrt(mean(x²) + eps))). */
final class NormNodes {
    private final GraphBuilder graph;
    private final Checkpoint checkpoint;

    NormNodes(GraphBuilder graph, Checkpoint checkpoint) {
        this.graph = graph;
        this.checkpoint = checkpoint;
    }

    /** The norm of that module, whose weights [width] are {@code <module>.weight}. */
    String add(String module, String x, int width, float eps) {
        return add(module, x, FloatTensors.read(checkpoint, module + ".weight", width), eps);
    }

    /** A norm with these weights. */
    String add(String module, String x, float[] weight, float eps) {
        String square = graph.add(OnnxOperator.MUL, module + "/square", List.of(x, x));
        String mean = graph.add(
                OnnxOperator.REDUCE_MEAN,
                module + "/mean",
                List.of(square, graph.list(-1)),
                Attributes.of("keepdims", 1));
        String sum = graph.add(OnnxOperator.ADD, module + "/sum", List.of(mean, graph.scalar(eps)));
        String root = graph.add(OnnxOperator.SQRT, module + "/root", List.of(sum));
        String factor = graph.add(OnnxOperator.RECIPROCAL, module + "/factor", List.of(root));
        String normed = graph.add(OnnxOperator.MUL, module + "/normed", List.of(x, factor));
        String weights = graph.initializer(Initializer.streamed(
                module + ".weight",
                DataType.FLOAT,
                new long[] {weight.length},
                Tensors.data(weight),
                Initializer.PAGE));
        return graph.add(OnnxOperator.MUL, module, List.of(weights, normed));
    }
}
