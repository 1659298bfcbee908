package io.github.bitnetort.export.rewrite;

import java.util.Set;

/**
 * Where a BitLinear ends.
 *
 * @param output the value that the op will compute
 * @param affine what it is of the product
 * @param nodes from the product to there
 * @param flat whether that has two dimensions however many x has: the op then reads the rows of x as a matrix
 */
record ProductEnd(Ref output, Affine affine, Set<Node> nodes, boolean flat) {}
