package io.github.bitnetort.export.rewrite;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Understands an Einsum that multiplies rows by a matrix, such as "...i,oi->...o" or "bsk,kn->bsn". */
final class EinsumProduct {
    private static final Pattern EQUATION =
            Pattern.compile("((?:\\.{3})?[a-zA-Z]*),((?:\\.{3})?[a-zA-Z]*)->((?:\\.{3})?[a-zA-Z]*)");

    private EinsumProduct() {}

    /** The product, where the matrix is either factor; empty for anything else. */
    static Optional<MatrixProduct> of(Node node) {
        Matcher equation = EQUATION.matcher(
                NodeAttributes.text(node.proto(), "equation", "").replace(" ", ""));
        if (!equation.matches() || node.input(0) == null || node.input(1) == null) {
            return Optional.empty();
        }
        String first = equation.group(1);
        String second = equation.group(2);
        String result = equation.group(3);
        return product(node, node.input(0), first, node.input(1), second, result)
                .or(() -> product(node, node.input(1), second, node.input(0), first, result));
    }

    private static Optional<MatrixProduct> product(
            Node node, Ref left, String rows, Ref matrix, String dims, String result) {
        if (dims.length() != 2 || rows.isEmpty() || result.isEmpty() || dims.charAt(0) == dims.charAt(1)) {
            return Optional.empty();
        }
        char k = rows.charAt(rows.length() - 1);
        char n = result.charAt(result.length() - 1);
        String leading = rows.substring(0, rows.length() - 1);
        boolean transposed = dims.equals("" + n + k);
        boolean matches = (transposed || dims.equals("" + k + n))
                && leading.equals(result.substring(0, result.length() - 1))
                && leading.indexOf(k) < 0
                && leading.indexOf(n) < 0
                && leading.chars().filter(Character::isLetter).distinct().count()
                        == leading.chars().filter(Character::isLetter).count();
        return matches ? Optional.of(new MatrixProduct(node, left, matrix, transposed, 1, null, 0)) : Optional.empty();
    }
}
