package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Initializer;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Ranks of values: as the model states them, else by what the operators do to the ranks of their inputs. */
final class RankInference {
    private static final Set<String> AS_INPUT = Set.of(
            "Identity",
            "Cast",
            "CastLike",
            "Dropout",
            "Clip",
            "Abs",
            "Neg",
            "Reciprocal",
            "Sqrt",
            "Exp",
            "Log",
            "Tanh",
            "Floor",
            "Ceil",
            "Round",
            "Sign",
            "Relu",
            "LeakyRelu",
            "Gelu",
            "Erf",
            "Sigmoid",
            "HardSigmoid",
            "HardSwish",
            "Softmax",
            "LogSoftmax",
            "Elu",
            "Selu",
            "Softplus",
            "Not",
            "Transpose",
            "LayerNormalization",
            "RMSNormalization",
            "SimplifiedLayerNormalization",
            "RotaryEmbedding",
            "QuantizeLinear",
            "DequantizeLinear",
            "CumSum",
            "Slice",
            "Pad",
            "Concat",
            "Split");
    private static final Set<String> BROADCASTING = Set.of(
            "Add",
            "Sub",
            "Mul",
            "Div",
            "Pow",
            "Mod",
            "Max",
            "Min",
            "Sum",
            "Mean",
            "Where",
            "And",
            "Or",
            "Xor",
            "Equal",
            "Less",
            "LessOrEqual",
            "Greater",
            "GreaterOrEqual",
            "PRelu");

    /** What is farther away than this tells nothing: graphs may be deeper than Java's stack. */
    private static final int MAX_DEPTH = 200;

    private final Map<Ref, OptionalInt> known = new HashMap<>();

    /** The rank, where it can be told. */
    OptionalInt of(Ref value) {
        return of(value, 0);
    }

    private OptionalInt of(Ref value, int depth) {
        OptionalInt rank = known.get(value);
        if (rank == null) {
            rank = GraphView.rank(value);
            Node node = GraphView.producer(value);
            if (rank.isEmpty() && node != null && depth < MAX_DEPTH) {
                rank = ofNode(node, depth + 1);
            }
            known.put(value, rank);
        }
        return rank;
    }

    private OptionalInt ofNode(Node node, int depth) {
        String operator = node.operator();
        if (AS_INPUT.contains(operator)) {
            return input(node, 0, depth);
        }
        if (BROADCASTING.contains(operator)) {
            return broadcast(node, depth);
        }
        return switch (operator) {
            case "Gemm", "com.microsoft.FusedGemm", "Flatten" -> OptionalInt.of(2);
            case "MatMul", "MatMulInteger", "com.microsoft.FusedMatMul" -> product(node, depth);
            case "Reshape" -> reshaped(node);
            case "Gather" -> gathered(node, depth);
            default ->
                operator.startsWith("Reduce") && NodeAttributes.integer(node.proto(), "keepdims", 1) != 0
                        ? input(node, 0, depth)
                        : OptionalInt.empty();
        };
    }

    private OptionalInt input(Node node, int index, int depth) {
        Ref input = node.input(index);
        return input == null ? OptionalInt.empty() : of(input, depth);
    }

    private OptionalInt broadcast(Node node, int depth) {
        int largest = 0;
        for (int i = 0; i < node.proto().getInputCount(); i++) {
            OptionalInt rank = input(node, i, depth);
            if (rank.isEmpty()) {
                return rank;
            }
            largest = Math.max(largest, rank.getAsInt());
        }
        return OptionalInt.of(largest);
    }

    /** Of matrices; one vector or two give less. */
    private OptionalInt product(Node node, int depth) {
        OptionalInt left = input(node, 0, depth);
        OptionalInt right = input(node, 1, depth);
        return left.orElse(0) < 2 || right.orElse(0) < 2
                ? OptionalInt.empty()
                : OptionalInt.of(Math.max(left.getAsInt(), right.getAsInt()));
    }

    private static OptionalInt reshaped(Node node) {
        Ref shape = node.input(1);
        Initializer constant = shape == null ? null : shape.scope().initializer(shape.name());
        if (constant != null && constant.dims().size() == 1) {
            return OptionalInt.of(constant.dims().get(0).intValue());
        }
        Node producer = shape == null ? null : GraphView.producer(shape);
        if (producer == null || !producer.is("Constant")) {
            return OptionalInt.empty();
        }
        return NodeAttributes.find(producer.proto(), "value")
                .map(value -> value.getT().getDimsCount() == 1
                        ? OptionalInt.of((int) value.getT().getDims(0))
                        : OptionalInt.empty())
                .orElseGet(() -> {
                    long[] ints = NodeAttributes.integers(producer.proto(), "value_ints");
                    return ints == null ? OptionalInt.empty() : OptionalInt.of(ints.length);
                });
    }

    private OptionalInt gathered(Node node, int depth) {
        OptionalInt data = input(node, 0, depth);
        OptionalInt indices = input(node, 1, depth);
        return data.isEmpty() || indices.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(data.getAsInt() + indices.getAsInt() - 1);
    }
}
