package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

import java.util.Arrays;

/** Writes the packed layout, a tile of 16 output rows at a time, so that a matrix need not be in memory at once. */
public final class WeightPacker {
    private WeightPacker() {}

    /**
     * Packs output rows 16·tile … 16·tile + 15.
     *
     * @param source read for rows below N only
     * @param dst receives {@link PackedLayout#wordsPerTile()} words from {@code offset}
     * @throws IllegalArgumentException naming n, k, found and wanted for a weight that the packing cannot hold
     */
    public static void packTile(PackedLayout layout, int tile, RowSource source, int[] dst, int offset) {
        Checks.range("tile", tile, 0, layout.rowTiles() - 1);
        Checks.atLeast("dst", dst.length, (long) offset + layout.wordsPerTile());
        byte[] row = new byte[layout.wordsPerRow() * layout.packing().weightsPerWord()];
        int[] inByte = new int[layout.packing().weightsPerByte()];
        for (int r = 0; r < TILE_ROWS; r++) {
            Arrays.fill(row, (byte) layout.packing().paddingWeight());
            int n = tile * TILE_ROWS + r;
            if (n < layout.n()) {
                source.copyRow(n, row, 0);
                check(layout, n, row);
            }
            for (int block = 0; block < layout.wordsPerRow(); block++) {
                dst[offset + block * TILE_ROWS + r] = word(layout.packing(), row, block, inByte);
            }
        }
    }

    /** Packs a whole matrix. */
    public static int[] pack(PackedLayout layout, RowSource source) {
        int[] words = new int[layout.wordCount()];
        for (int tile = 0; tile < layout.rowTiles(); tile++) {
            packTile(layout, tile, source, words, tile * layout.wordsPerTile());
        }
        return words;
    }

    private static int word(Packing packing, byte[] row, int block, int[] inByte) {
        int first = block * packing.weightsPerWord();
        int word = 0;
        for (int c = 0; c < 4; c++) {
            for (int i = 0; i < inByte.length; i++) {
                inByte[i] = row[first + 4 * i + c];
            }
            word |= packing.encodeByte(inByte) << 8 * c;
        }
        return word;
    }

    private static void check(PackedLayout layout, int n, byte[] row) {
        boolean ternary = layout.packing().isTernary();
        for (int k = 0; k < layout.k(); k++) {
            int weight = row[k];
            if (weight < -1 || weight > 1 || weight == 0 && !ternary) {
                throw new IllegalArgumentException("weight [n=" + n + ", k=" + k + "]: found " + weight + ", wanted "
                        + (ternary ? "-1, 0 or +1" : "-1 or +1 (binary32)"));
            }
        }
    }
}
