package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes values of a graph from its constants, and from others that the caller gives. One value is computed at a time,
 * and what is between is dropped as soon as nothing needs it.
 */
final class Evaluator {
    private static final Map<String, Call.Operator> OPERATORS = new HashMap<>();

    static {
        ElementwiseOperators.register(OPERATORS);
        ReductionOperators.register(OPERATORS);
        ShapeOperators.register(OPERATORS);
        SelectionOperators.register(OPERATORS);
        TypeOperators.register(OPERATORS);
    }

    private final GraphView view;
    private final Map<Ref, Boolean> constants = new HashMap<>();

    Evaluator(GraphView view) {
        this.view = view;
    }

    /** Whether the evaluator can compute nodes of that kind. */
    static boolean knows(Node node) {
        return OPERATORS.containsKey(node.operator());
    }

    /** Whether a value depends on constants alone, by operators that are known here. */
    boolean isConstant(Ref value) {
        Boolean known = constants.get(value);
        if (known == null) {
            known = computeConstant(value);
            constants.put(value, known);
        }
        return known;
    }

    private boolean computeConstant(Ref value) {
        if (view.constant(value) != null) {
            return true;
        }
        Node node = GraphView.producer(value);
        if (node == null || !knows(node)) {
            return false;
        }
        for (int i = 0; i < node.proto().getInputCount(); i++) {
            Ref input = node.input(i);
            if (input == null ? !node.proto().getInput(i).isEmpty() : !isConstant(input)) {
                return false;
            }
        }
        return true;
    }

    /** The operator, unknown here, without which a value would be a constant; null where it depends on inputs, too. */
    String unknownOperator(Ref value) {
        if (isConstant(value)) {
            return null;
        }
        Node node = GraphView.producer(value);
        if (node == null || node.proto().getInputCount() == 0) {
            return null;
        }
        String unknown = knows(node) ? null : node.operator();
        for (Ref input : node.inputs()) {
            if (input != null && !isConstant(input)) {
                String inner = unknownOperator(input);
                if (inner == null) {
                    return null;
                }
                unknown = inner;
            }
        }
        return unknown;
    }

    /**
     * The value of a constant, computed in the types that the graph has.
     *
     * @throws EvaluationException where it cannot be
     */
    DenseTensor constant(Ref value) {
        return new Evaluation(Map.of(), false).run(value);
    }

    /**
     * What a value would be if others were those given. Types of 16 bits count as float32, and an Expand to a shape that
     * nothing tells is left out: elementwise operators broadcast anyway.
     *
     * @throws EvaluationException where it cannot be computed, such as for depending on yet others
     */
    DenseTensor probe(Ref value, Map<Ref, DenseTensor> given) {
        return new Evaluation(given, true).run(value);
    }

    /** One computation. */
    private final class Evaluation {
        private final Map<Ref, DenseTensor> values = new HashMap<>();
        private final Map<Ref, DenseTensor> given;
        private final boolean probing;
        private final Set<Ref> order = new LinkedHashSet<>();
        private final Map<Ref, Integer> uses = new HashMap<>();
        private final Set<Ref> unknown = new LinkedHashSet<>();

        Evaluation(Map<Ref, DenseTensor> given, boolean probing) {
            this.given = given;
            this.probing = probing;
        }

        DenseTensor run(Ref target) {
            if (!collect(target)) {
                throw new EvaluationException("what depends on inputs or unknown operators");
            }
            try {
                for (Ref value : order) {
                    values.put(value, widened(compute(value)));
                }
            } catch (IndexOutOfBoundsException | ArithmeticException | NullPointerException e) {
                throw new EvaluationException("malformed nodes before " + target.name());
            }
            return values.get(target);
        }

        /** Orders what is needed for a value; false where something is missing. */
        private boolean collect(Ref value) {
            if (order.contains(value)) {
                return true;
            }
            if (unknown.contains(value)) {
                return false;
            }
            boolean found = given.containsKey(value) || view.constant(value) != null || collectInputs(value);
            if (found) {
                order.add(value);
            } else {
                unknown.add(value);
            }
            return found;
        }

        private boolean collectInputs(Ref value) {
            Node node = GraphView.producer(value);
            if (node == null || !knows(node)) {
                return false;
            }
            for (int i = 0; i < node.proto().getInputCount(); i++) {
                Ref input = node.input(i);
                if (input == null) {
                    if (!node.proto().getInput(i).isEmpty()) {
                        return false;
                    }
                } else if (collect(input)) {
                    uses.merge(input, 1, Integer::sum);
                } else if (!(probing && i == 1 && node.is("Expand"))) {
                    return false;
                }
            }
            return true;
        }

        private DenseTensor compute(Ref value) {
            DenseTensor known = given.get(value);
            if (known != null) {
                return known;
            }
            Initializer initializer = view.constant(value);
            if (initializer != null) {
                return TensorLoader.load(initializer);
            }
            Node node = GraphView.producer(value);
            List<DenseTensor> inputs = new ArrayList<>();
            for (Ref input : node.inputs()) {
                inputs.add(input == null ? null : values.get(input));
            }
            node.inputs().forEach(this::release);
            return apply(node, inputs, value.name());
        }

        private void release(Ref input) {
            if (input != null && uses.merge(input, -1, Integer::sum) == 0) {
                values.remove(input);
            }
        }

        private DenseTensor apply(Node node, List<DenseTensor> inputs, String output) {
            NodeProto proto = node.proto();
            if (probing && node.is("Expand") && inputs.get(1) == null) {
                return inputs.get(0);
            }
            if (probing
                    && node.is("Cast")
                    && isHalf(DataType.forNumber((int) NodeAttributes.integer(proto, "to", 0)))) {
                return TypeOperators.cast(inputs.get(0), DataType.FLOAT);
            }
            int index = proto.getOutputList().indexOf(output);
            return OPERATORS.get(node.operator()).apply(new Call(proto, inputs, index));
        }

        private DenseTensor widened(DenseTensor tensor) {
            return probing && isHalf(tensor.type()) ? TypeOperators.cast(tensor, DataType.FLOAT) : tensor;
        }

        private static boolean isHalf(DataType type) {
            return type == DataType.FLOAT16 || type == DataType.BFLOAT16;
        }
    }
}
