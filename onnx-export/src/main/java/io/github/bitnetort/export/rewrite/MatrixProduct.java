package io.github.bitnetort.export.rewrite;

import java.util.Optional;

/**
 * A node that multiplies by a matrix, whatever its operator: alpha · left · matrix + beta · addend.
 *
 * @param left activations, [..., K]
 * @param matrix [K, N], or [N, K] where {@code transposed}
 * @param addend what a Gemm adds, or null
 */
record MatrixProduct(Node node, Ref left, Ref matrix, boolean transposed, float alpha, Ref addend, float beta) {
    /** What a node multiplies, where it is one of these operators; the message says why it is none that can be used. */
    static Optional<MatrixProduct> of(Node node) {
        return switch (node.operator()) {
            case "MatMul", "MatMulInteger" -> plain(node);
            case "Gemm" -> gemm(node);
            case "com.microsoft.FusedMatMul" -> fused(node);
            case "Einsum" -> EinsumProduct.of(node);
            default -> Optional.empty();
        };
    }

    private static Optional<MatrixProduct> plain(Node node) {
        return complete(new MatrixProduct(node, node.input(0), node.input(1), false, 1, null, 0));
    }

    private static Optional<MatrixProduct> gemm(Node node) {
        if (NodeAttributes.integer(node.proto(), "transA", 0) != 0) {
            return Optional.empty();
        }
        return complete(new MatrixProduct(
                node,
                node.input(0),
                node.input(1),
                NodeAttributes.integer(node.proto(), "transB", 0) != 0,
                NodeAttributes.real(node.proto(), "alpha", 1),
                node.input(2),
                NodeAttributes.real(node.proto(), "beta", 1)));
    }

    private static Optional<MatrixProduct> fused(Node node) {
        for (String unsupported : new String[] {"transA", "transBatchA", "transBatchB"}) {
            if (NodeAttributes.integer(node.proto(), unsupported, 0) != 0) {
                return Optional.empty();
            }
        }
        boolean transposed = NodeAttributes.integer(node.proto(), "transB", 0) != 0;
        float alpha = NodeAttributes.real(node.proto(), "alpha", 1);
        return complete(new MatrixProduct(node, node.input(0), node.input(1), transposed, alpha, null, 0));
    }

    private static Optional<MatrixProduct> complete(MatrixProduct product) {
        return product.left == null || product.matrix == null ? Optional.empty() : Optional.of(product);
    }

    /** The same product of the matrix before the Transpose nodes that do no more than turn it. */
    MatrixProduct withoutTransposes() {
        Node node = GraphView.producer(matrix);
        if (node == null || node.input(0) == null) {
            return this;
        }
        if (node.is("Identity")) {
            return new MatrixProduct(this.node, left, node.input(0), transposed, alpha, addend, beta)
                    .withoutTransposes();
        }
        long[] perm = NodeAttributes.integers(node.proto(), "perm");
        boolean turns = node.is("Transpose")
                && (perm == null ? GraphView.rank(node.input(0)).orElse(2) == 2 : perm.length == 2 && perm[0] == 1);
        return turns
                ? new MatrixProduct(this.node, left, node.input(0), !transposed, alpha, addend, beta)
                        .withoutTransposes()
                : this;
    }

    /** What is wrong with the zero points of a MatMulInteger, or null. */
    String zeroPointTrouble(Evaluator evaluator) {
        for (int i = 2; i < 4 && node.is("MatMulInteger"); i++) {
            Ref zero = node.input(i);
            if (zero != null && (!evaluator.isConstant(zero) || !isZero(evaluator.constant(zero)))) {
                return (i == 2 ? "its activations have" : "its weights have") + " a zero point";
            }
        }
        return null;
    }

    private static boolean isZero(DenseTensor tensor) {
        for (int i = 0; i < tensor.size(); i++) {
            if (tensor.integer(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
