package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.ops.Activation;
import java.util.Set;

/**
 * What a matrix is multiplied by, understood: quantized rows of x.
 *
 * @param x what is quantized
 * @param rank of x; where nothing tells it, one that x may have
 * @param leastRank that x may have
 * @param dequantized whether the rows are already divided by their s, so that the product needs no more
 * @param factor a constant that the rows are multiplied by, too
 * @param nodes between x and the rows
 */
record QuantizedActivation(
        Ref x, int rank, int leastRank, Activation activation, boolean dequantized, double factor, Set<Node> nodes) {
    QuantizedActivation withLeastRank(int least) {
        return new QuantizedActivation(x, rank, least, activation, dequantized, factor, nodes);
    }
}
