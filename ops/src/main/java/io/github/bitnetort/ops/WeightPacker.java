package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

import java.util.Arrays;

/**
 * Writes the packed layout, a tile of 16 output rows at a time, so that a matrix need not be in memory at once. For one
 * thread; several may have one each.
 */
public final class WeightPacker {
    private final PackedLayout layout;
    private final RowSource source;
    private final int width;
    private final byte[] rows;

    /** @param source read for rows below N only */
    public WeightPacker(PackedLayout layout, RowSource source) {
        this.layout = layout;
        this.source = source;
        this.width = layout.wordsPerRow() * layout.packing().weightsPerWord();
        this.rows = new byte[Math.multiplyExact(TILE_ROWS, width)];
        Arrays.fill(rows, (byte) layout.packing().paddingWeight());
    }

    /**
     * Packs output rows 16·tile … 16·tile + 15.
     *
     * @param dst receives {@link PackedLayout#wordsPerTile()} words from {@code offset}
     * @throws IllegalArgumentException naming n, k, found and wanted for a weight that the packing cannot hold
     */
    public void packTile(int tile, int[] dst, int offset) {
        Checks.range("tile", tile, 0, layout.rowTiles() - 1);
        Checks.atLeast("dst", dst.length, (long) offset + layout.wordsPerTile());
        int first = tile * TILE_ROWS;
        int count = Math.min(TILE_ROWS, layout.n() - first);
        source.copyRows(first, count, rows, 0, width);
        for (int r = 0; r < count; r++) {
            check(first + r, r * width);
        }
        Arrays.fill(rows, count * width, rows.length, (byte) layout.packing().paddingWeight());
        Packing packing = layout.packing();
        for (int block = 0; block < layout.wordsPerRow(); block++) {
            for (int r = 0; r < TILE_ROWS; r++) {
                dst[offset + block * TILE_ROWS + r] =
                        packing.encodeWord(rows, r * width + block * packing.weightsPerWord());
            }
        }
    }

    /** Packs a whole matrix. */
    public static int[] pack(PackedLayout layout, RowSource source) {
        WeightPacker packer = new WeightPacker(layout, source);
        int[] words = new int[layout.wordCount()];
        for (int tile = 0; tile < layout.rowTiles(); tile++) {
            packer.packTile(tile, words, tile * layout.wordsPerTile());
        }
        return words;
    }

    private void check(int n, int at) {
        boolean ternary = layout.packing().isTernary();
        if (WeightLanes.valid(rows, at, layout.k(), ternary)) {
            return;
        }
        for (int k = 0; k < layout.k(); k++) {
            int weight = rows[at + k];
            if (weight < -1 || weight > 1 || weight == 0 && !ternary) {
                throw new IllegalArgumentException("weight [n=" + n + ", k=" + k + "]: found " + weight + ", wanted "
                        + (ternary ? "-1, 0 or +1" : "-1 or +1 (binary32)"));
            }
        }
    }
}
