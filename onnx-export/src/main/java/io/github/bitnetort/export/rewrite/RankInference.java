package io.github.bitnetort.export.rewrite;

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
            case "Reshape" -> node.input(1) == null ? OptionalInt.empty() : length(node.input(1), depth);
            case "Einsum" ->
                EinsumProduct.of(node).map(product -> of(product.left(), depth)).orElse(OptionalInt.empty());
            case "Constant" -> constant(node);
            case "Shape" -> OptionalInt.of(1);
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

    private static OptionalInt constant(Node node) {
        if (NodeAttributes.find(node.proto(), "value").isPresent()) {
            return OptionalInt.of(
                    NodeAttributes.find(node.proto(), "value").get().getT().getDimsCount());
        }
        boolean scalar = NodeAttributes.find(node.proto(), "value_float").isPresent()
                || NodeAttributes.find(node.proto(), "value_int").isPresent();
        return OptionalInt.of(scalar ? 0 : 1);
    }

    /** How many elements a list has, which is often the shape of something, put together from its dimensions. */
    private OptionalInt length(Ref list, int depth) {
        int[] dims = GraphView.dims(list);
        Node node = GraphView.producer(list);
        if (dims != null && dims.length == 1) {
            return OptionalInt.of(dims[0]);
        }
        if (node == null || depth > MAX_DEPTH) {
            return OptionalInt.empty();
        }
        return switch (node.operator()) {
            case "Constant" ->
                NodeAttributes.find(node.proto(), "value")
                        .map(value -> value.getT().getDimsCount() == 1
                                ? OptionalInt.of((int) value.getT().getDims(0))
                                : OptionalInt.empty())
                        .orElseGet(() -> {
                            long[] ints = NodeAttributes.integers(node.proto(), "value_ints");
                            return ints == null ? OptionalInt.empty() : OptionalInt.of(ints.length);
                        });
            case "Concat" -> joined(node, depth + 1);
            case "Unsqueeze" -> input(node, 0, depth + 1).orElse(1) == 0 ? OptionalInt.of(1) : OptionalInt.empty();
            case "Shape" ->
                NodeAttributes.find(node.proto(), "start").isPresent()
                                || NodeAttributes.find(node.proto(), "end").isPresent()
                        ? OptionalInt.empty()
                        : input(node, 0, depth + 1);
            case "Cast", "Identity" -> node.input(0) == null ? OptionalInt.empty() : length(node.input(0), depth + 1);
            default -> OptionalInt.empty();
        };
    }

    private OptionalInt joined(Node concat, int depth) {
        int sum = 0;
        for (Ref part : concat.inputs()) {
            OptionalInt length = part == null ? OptionalInt.empty() : length(part, depth);
            if (length.isEmpty()) {
                return length;
            }
            sum += length.getAsInt();
        }
        return OptionalInt.of(sum);
    }

    private OptionalInt gathered(Node node, int depth) {
        OptionalInt data = input(node, 0, depth);
        OptionalInt indices = input(node, 1, depth);
        return data.isEmpty() || indices.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(data.getAsInt() + indices.getAsInt() - 1);
    }
}
