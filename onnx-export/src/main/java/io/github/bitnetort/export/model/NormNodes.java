package io.github.bitnetort.export.model;

import io.github.bitnetort.export.Operators;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.RmsNormProblem;
import java.util.List;
import java.util.Optional;

/**
 * RMSNorm, weight * (x * (1 / sqrt(mean(x²) + eps))): one node of ours, one of ONNX Runtime's for widths that ours does not take, or
 * standard operators in transformers' order.
 */
final class NormNodes {
    private static final String EPSILON = "epsilon";

    private final GraphBuilder graph;
    private final Checkpoint checkpoint;
    private final Operators operators;
    private boolean ours;

    NormNodes(GraphBuilder graph, Checkpoint checkpoint, Operators operators) {
        this.graph = graph;
        this.checkpoint = checkpoint;
        this.operators = operators;
    }

    /** What CustomRmsNorm means, where there is one. */
    Optional<FunctionProto> body() {
        return ours ? Optional.of(PortableRmsNormBody.build()) : Optional.empty();
    }

    /** The norm of that module, whose weights [width] are {@code <module>.weight}. */
    String add(String module, String x, int width, float eps) {
        return add(module, x, FloatTensors.read(checkpoint, module + ".weight", width), eps);
    }

    /** A norm with these weights. */
    String add(String module, String x, float[] weight, float eps) {
        String weights = weights(module, weight);
        if (operators == Operators.STANDARD) {
            return standard(module, x, weights, eps);
        }
        if (RmsNormProblem.supports(weight.length)) {
            ours = true;
            return RmsNormNodes.add(graph, module, x, weights, weight.length, eps);
        }
        return graph.add(
                OnnxOperator.SIMPLIFIED_LAYER_NORMALIZATION, module, List.of(x, weights), Attributes.of(EPSILON, eps));
    }

    /** The norm of a + b; the sum itself becomes the value {@code sum}. */
    String addOfSum(String sum, String module, String a, String b, int width, float eps) {
        if (operators == Operators.STANDARD || RmsNormProblem.supports(width)) {
            return add(module, graph.add(OnnxOperator.ADD, sum, List.of(a, b)), width, eps);
        }
        String weights = weights(module, width);
        return graph.add(
                        OnnxOperator.SKIP_SIMPLIFIED_LAYER_NORMALIZATION,
                        module,
                        List.of(a, b, weights),
                        List.of(module, "", "", sum),
                        Attributes.of(EPSILON, eps))
                .get(0);
    }

    private String standard(String module, String x, String weights, float eps) {
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
        return graph.add(OnnxOperator.MUL, module, List.of(weights, normed));
    }

    /** The weights [width] of that module's norm, as an initializer. */
    String weights(String module, int width) {
        return weights(module, FloatTensors.read(checkpoint, module + ".weight", width));
    }

    private String weights(String module, float[] weight) {
        return graph.initializer(Initializer.streamed(
                module + ".weight",
                DataType.FLOAT,
                new long[] {weight.length},
                Tensors.data(weight),
                Initializer.PAGE));
    }
}
