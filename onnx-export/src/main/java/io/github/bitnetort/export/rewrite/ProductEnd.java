package io.github.bitnetort.export.rewrite;

import java.util.Set;

/**
 * Where a BitLinear ends.
 *
 * @param output the value that the op will compute
 * @param affine what it is of the product
 * @param nodes from the product to there
 */
record ProductEnd(Ref output, Affine affine, Set<Node> nodes) {}
