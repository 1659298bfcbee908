package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.ops.RowSource;

/**
 * A matrix that was proved to be ternary times a scale.
 *
 * @param n output rows
 * @param k columns
 * @param scale what a unit is worth: [1], or [n]
 * @param binary whether no weight is 0
 * @param rows weights −1, 0, +1
 */
record TernaryWeights(int n, int k, float[] scale, boolean binary, RowSource rows) {}
