package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.TypeProto;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Follows a product through what belongs to its BitLinear: the scales of weights and activations, and a bias. It stops
 * where anything else begins, and where more than one node reads a value.
 */
final class ProductFollower {
    private static final double TOLERANCE = 1e-5;

    private final GraphView view;
    private final Evaluator evaluator;
    private final QuantizedActivation activation;
    private final int n;
    private final ProbeRows rows;
    private final Set<Node> nodes = new HashSet<>();
    private Affine state;
    private int leftRank;
    private boolean leadingDimsDiffer;
    private ProductEnd flat;

    ProductFollower(GraphView view, Evaluator evaluator, QuantizedActivation activation, int n, int k) {
        this.view = view;
        this.evaluator = evaluator;
        this.activation = activation;
        this.n = n;
        this.rows = ProbeRows.of(k);
    }

    /** @throws NotRewritten where the product never becomes a BitLinear's output */
    ProductEnd follow(MatrixProduct product) {
        state = new Affine(new double[] {product.alpha() * activation.factor()}, null, activation.dequantized());
        leftRank = rankOfLeft(product);
        leadingDimsDiffer = leftRank != activation.rank();
        nodes.add(product.node());
        if (product.addend() != null && product.beta() != 0) {
            double[] addend = constant(product.addend());
            if (addend == null) {
                throw new NotRewritten("what the Gemm adds is not a constant of one number an output");
            }
            state = state.plus(addend, n, product.beta());
        }
        Ref at = product.node().output();
        ProductEnd end = endAt(at, null);
        while (!view.isOutput(at) && view.consumers(at).size() == 1) {
            Node next = view.consumers(at).get(0);
            Affine after = next.scope() == at.scope() ? after(next, at) : null;
            if (after == null) {
                break;
            }
            state = after;
            nodes.add(next);
            at = next.output();
            end = endAt(at, end);
        }
        if (end == null && flat != null) {
            return flat;
        }
        if (end == null) {
            throw new NotRewritten(
                    state.divided()
                            ? "its output has another shape than its activations"
                            : "its product of integers is never divided by the activations' scale");
        }
        return end;
    }

    private int rankOfLeft(MatrixProduct product) {
        return evaluator
                .probe(product.left(), Map.of(activation.x(), rows.tensor(activation.rank())))
                .rank();
    }

    private ProductEnd endAt(Ref value, ProductEnd before) {
        if (!state.divided()) {
            return before;
        }
        ProductEnd here = new ProductEnd(value, state, new HashSet<>(nodes), leadingDimsDiffer);
        if (leadingDimsDiffer) {
            flat = leftRank == 2 ? here : null;
            return before;
        }
        return here;
    }

    /** What the product is behind a node, or null where the node is not part of the BitLinear. */
    private Affine after(Node node, Ref at) {
        switch (node.operator()) {
            case "Identity":
                return state;
            case "Cast":
                return isFloat((int) NodeAttributes.integer(node.proto(), "to", 0)) ? state : null;
            case "Neg":
                return state.times(new double[] {-1}, false);
            case "Reshape":
                return reshaped(node);
            case "Mul", "Div", "Add", "Sub":
                break;
            default:
                return null;
        }
        boolean first = at.equals(node.input(0));
        Ref other = node.input(first ? 1 : 0);
        if (other == null || other.equals(at) || node.is("Div") && !first) {
            return null;
        }
        double[] constant = constant(other);
        if (node.is("Add") || node.is("Sub")) {
            Affine signed = node.is("Sub") && !first ? state.times(new double[] {-1}, false) : state;
            return constant == null ? null : signed.plus(constant, n, node.is("Sub") && first ? -1 : 1);
        }
        if (constant != null) {
            return state.times(constant, node.is("Div"));
        }
        double[] unit = state.divided() || state.bias() != null ? null : ofActivationScale(other, node.is("Mul"));
        return unit == null ? null : state.dividedBy(unit, node.is("Div"));
    }

    /** A Reshape that gives the product the leading dimensions that x has. */
    private Affine reshaped(Node node) {
        TypeProto.Tensor before = GraphView.tensorType(activation.x());
        TypeProto.Tensor after = GraphView.tensorType(node.output());
        boolean same = before != null
                && after != null
                && after.getShape().getDimCount() == activation.rank()
                && before.getShape().getDimCount() == activation.rank()
                && after.getShape()
                        .getDimList()
                        .subList(0, activation.rank() - 1)
                        .equals(before.getShape().getDimList().subList(0, activation.rank() - 1));
        if (!same || !leadingDimsDiffer) {
            return null;
        }
        leadingDimsDiffer = false;
        return state;
    }

    private static boolean isFloat(int type) {
        return List.of(DataType.FLOAT_VALUE, DataType.FLOAT16_VALUE, DataType.BFLOAT16_VALUE, DataType.DOUBLE_VALUE)
                .contains(type);
    }

    /** A constant that has one number, or one an output column; null for anything else. */
    private double[] constant(Ref value) {
        Node node = GraphView.producer(value);
        if (node != null && node.is("Expand")) {
            return expanded(node);
        }
        if (!evaluator.isConstant(value)) {
            return null;
        }
        try {
            return columns(evaluator.constant(value));
        } catch (EvaluationException e) {
            return null;
        }
    }

    /** A constant made as large as the product, by a shape that may come from anywhere. */
    private double[] expanded(Node expand) {
        boolean larger = GraphView.rank(expand.output()).orElse(0) > activation.leastRank();
        return larger ? null : constant(expand.input(0));
    }

    private double[] columns(DenseTensor tensor) {
        boolean oneColumn = tensor.size() == 1;
        boolean allColumns = tensor.size() == n && tensor.rank() > 0 && tensor.dims()[tensor.rank() - 1] == n;
        if (!oneColumn && !allColumns || tensor.rank() > (leadingDimsDiffer ? leftRank : activation.leastRank())) {
            return null;
        }
        double[] values = new double[tensor.size()];
        Arrays.setAll(values, tensor::real);
        return values;
    }

    /**
     * For a value that is, in each row, c / s (or, where not {@code inverse}, c · s) with the activations' scale s: c, of
     * which there is one or one a column. Else null. The first probe row has s = 1, so that c is exact.
     */
    private double[] ofActivationScale(Ref value, boolean inverse) {
        DenseTensor result;
        try {
            result = evaluator.probe(value, Map.of(activation.x(), rows.tensor(activation.rank())));
        } catch (EvaluationException e) {
            return null;
        }
        if (leadingDimsDiffer && result.rank() != leftRank) {
            return null;
        }
        int width = result.rank() == 0 ? 1 : result.dims()[result.rank() - 1];
        if (result.size() != ProbeRows.ROWS * width || width != 1 && width != n) {
            return null;
        }
        double[] first = new double[width];
        for (int row = 0; row < ProbeRows.ROWS; row++) {
            double s = rows.s()[row];
            for (int column = 0; column < width; column++) {
                double found = result.real(row * width + column);
                if (row == 0) {
                    first[column] = found;
                }
                double wanted = inverse ? first[column] / s : first[column] * s;
                double tolerance = row < ProbeRows.TINY_ROW ? TOLERANCE : ProbeRows.SMALLEST_TOLERANCE;
                if (!(Math.abs(found - wanted) <= tolerance * Math.abs(wanted))) {
                    return null;
                }
            }
        }
        return first;
    }
}
