package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

/**
 * Where each packed weight of an [N, K] matrix is: words [ceil(N/16), ceil(K/P), 16], the word of a tile of 16 output
 * rows, a block of P columns and a row of the tile. The same bytes serve every machine.
 *
 * @param n output rows, &gt; 0
 * @param k columns, 1..{@link CustomBitMatMul#MAX_K}
 */
public record PackedLayout(int n, int k, Packing packing) {
    /** @throws IllegalArgumentException where N or K is outside its range, or the words are more than an array holds */
    public PackedLayout {
        Checks.range("N", n, 1, Integer.MAX_VALUE);
        Checks.range("K", k, 1, CustomBitMatMul.MAX_K);
        Checks.present("packing", packing);
        long words = (long) ceilDiv(n, TILE_ROWS) * ceilDiv(k, packing.weightsPerWord()) * TILE_ROWS;
        if (words > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("N x K: found " + n + " x " + k + ", which is " + words
                    + " packed words, wanted at most " + Integer.MAX_VALUE);
        }
    }

    /** ceil(N/16). */
    public int rowTiles() {
        return ceilDiv(n, TILE_ROWS);
    }

    /** ceil(K/P). */
    public int wordsPerRow() {
        return ceilDiv(k, packing.weightsPerWord());
    }

    /** Words in one tile of 16 output rows. */
    public int wordsPerTile() {
        return wordsPerRow() * TILE_ROWS;
    }

    /** Words in all. */
    public int wordCount() {
        return rowTiles() * wordsPerTile();
    }

    /** The shape of the op's input W. */
    public long[] shape() {
        return new long[] {rowTiles(), wordsPerRow(), TILE_ROWS};
    }

    /** Index of the word that holds columns P·block … P·block + P − 1 of output row 16·tile + row. */
    public int wordIndex(int tile, int block, int row) {
        return (tile * wordsPerRow() + block) * TILE_ROWS + row;
    }

    private static int ceilDiv(int value, int divisor) {
        return (value - 1) / divisor + 1;
    }
}
