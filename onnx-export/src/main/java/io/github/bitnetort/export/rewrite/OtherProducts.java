package io.github.bitnetort.export.rewrite;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says of nodes that multiply by constants, but in no way that a layer is looked for in, why they are left. */
final class OtherProducts {
    /** Operators that multiply by a matrix, and which of their inputs that is. */
    private static final Map<String, Integer> OPERATORS = Map.of(
            "Gemm", 1,
            "Einsum", 1,
            "Conv", 1,
            "ConvInteger", 1,
            "QLinearMatMul", 3,
            "com.microsoft.FusedMatMul", 1,
            "com.microsoft.FusedGemm", 1,
            "com.microsoft.MatMulNBits", 1,
            "com.microsoft.MatMulIntegerToFloat", 1,
            "com.microsoft.DynamicQuantizeMatMul", 1);

    private final GraphView view;
    private final Evaluator evaluator;

    OtherProducts(GraphView view, Evaluator evaluator) {
        this.view = view;
        this.evaluator = evaluator;
    }

    /**
     * Why a node is left that could be a layer but for what is named here; attention's products are none.
     *
     * @param product what it multiplies, where that was understood
     */
    Optional<String> explain(Node node, Optional<MatrixProduct> product) {
        return Optional.ofNullable(product.isPresent() ? explain(product.get()) : ofOperator(node));
    }

    private String ofOperator(Node node) {
        Integer index = OPERATORS.get(node.operator());
        Ref matrix = index == null ? null : node.input(index);
        if (matrix == null || !evaluator.isConstant(matrix) || isLargerKernel(node, matrix)) {
            return null;
        }
        List<String> attributes = node.proto().getAttributeList().stream()
                .map(one -> one.getName())
                .toList();
        return "this form of " + node.operator() + " is not understood: " + attributes;
    }

    /** Convolutions of more than one point are no products of a matrix. */
    private static boolean isLargerKernel(Node node, Ref kernel) {
        int[] dims = GraphView.dims(kernel);
        if (!node.operator().startsWith("Conv") || dims == null) {
            return false;
        }
        for (int i = 2; i < dims.length; i++) {
            if (dims[i] > 1) {
                return true;
            }
        }
        return false;
    }

    private String explain(MatrixProduct product) {
        Ref matrix = product.matrix();
        if (evaluator.isConstant(matrix)) {
            int[] dims = GraphView.dims(matrix);
            return "its constant weights have rank "
                    + (dims == null ? evaluator.constant(matrix).rank() : dims.length) + ", and a layer's have 2";
        }
        if (view.isReplaceable(matrix)) {
            return "its weights are an input of the model too, which callers may replace";
        }
        String unknown = evaluator.unknownOperator(matrix);
        if (unknown != null) {
            return "its weights cannot be evaluated: operator " + unknown + " is not known";
        }
        return isLargeConstant(product.left()) ? "its constant matrix is on the left" : null;
    }

    private boolean isLargeConstant(Ref value) {
        int[] dims = evaluator.isConstant(value) ? GraphView.dims(value) : null;
        return dims != null && dims.length == 2 && dims[0] > 1 && dims[1] > 1;
    }
}
