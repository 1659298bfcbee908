package io.github.bitnetort.ops.vector;

import io.github.bitnetort.ops.Packing;

/** The integer product of one tile of 16 output rows with one row of quantized activations. */
interface TileKernel {
    /**
     * Sums code · q over the columns of the word blocks {@code from..to − 1}, for each row of the tile. Codes are not
     * negative: 0, 1 for −1, +1 in {@code binary32}, and weight + 1 in the ternary packings.
     *
     * @param words the tile, [wordsPerRow, 16]
     * @param q quantized activations, P for each word block of the tile; 0 behind K
     * @param qOffset where q's first word block starts
     * @param sums receives the 16 sums
     */
    void sumCodes(Packing packing, int[] words, int from, int to, int[] q, int qOffset, int[] sums);
}
