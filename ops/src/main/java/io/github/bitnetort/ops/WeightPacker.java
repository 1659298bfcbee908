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

    /** Rows as weights or as codes, whichever the source has: one of them is not needed. */
    private byte[] weights;

    private CodeRows codes;

    /** @param source read for rows below N only */
    public WeightPacker(PackedLayout layout, RowSource source) {
        this.layout = layout;
        this.source = source;
        this.width = layout.wordsPerRow() * layout.packing().weightsPerWord();
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
        if (!packCodes(first, count, dst, offset)) {
            packWeights(first, count, dst, offset);
        }
    }

    private boolean packCodes(int first, int count, int[] dst, int offset) {
        if (!copyCodes(first, count)) {
            return false;
        }
        codes.clearFrom(count);
        for (int r = 0; r < TILE_ROWS; r++) {
            if (!codes.valid(r, layout.k())) {
                return false;
            }
            packCodeRow(codes.offset(r), codes.shift(r), dst, offset + r);
        }
        return true;
    }

    private boolean copyCodes(int first, int count) {
        if (!layout.packing().isTernary()) {
            return false;
        }
        if (codes == null) {
            codes = new CodeRows(TILE_ROWS, width);
        }
        return source.copyCodes(first, count, codes, 0);
    }

    private void packCodeRow(int from, int shift, int[] dst, int at) {
        Packing packing = layout.packing();
        for (int block = 0; block < layout.wordsPerRow(); block++) {
            dst[at + block * TILE_ROWS] =
                    packing.encodeCodes(codes.bytes(), from + block * packing.weightsPerWord(), shift);
        }
    }

    /**
     * Packs four tiles whose rows share their bytes, which are read once: those of rows {@code first + p * planes.rows()} to
     * 15 behind, p = 0..3.
     *
     * @param first a row of the first of a source's planes, of which at least 16 are left
     * @param dst receives the four tiles, one behind the other
     * @return false where {@link #packTile} has to pack them, and to say what is wrong with one; {@code dst} is then void
     */
    public boolean packPlanes(int first, int[] dst) {
        int words = layout.wordsPerTile();
        Checks.atLeast("dst", dst.length, (long) RowPlanes.COUNT * words);
        if (!copyCodes(first, TILE_ROWS)) {
            return false;
        }
        for (int r = 0; r < TILE_ROWS; r++) {
            if (!codes.allValid(r, layout.k())) {
                return false;
            }
            packPlanesRow(codes.offset(r), dst, r, words);
        }
        return true;
    }

    private void packPlanesRow(int from, int[] dst, int at, int stride) {
        Packing packing = layout.packing();
        byte[] bytes = codes.bytes();
        for (int block = 0; block < layout.wordsPerRow(); block++) {
            packing.encodePlanes(bytes, from + block * packing.weightsPerWord(), dst, at + block * TILE_ROWS, stride);
        }
    }

    private void packWeights(int first, int count, int[] dst, int offset) {
        Packing packing = layout.packing();
        if (weights == null) {
            weights = new byte[Math.multiplyExact(TILE_ROWS, width)];
            Arrays.fill(weights, (byte) packing.paddingWeight());
        }
        source.copyRows(first, count, weights, 0, width);
        for (int r = 0; r < count; r++) {
            check(first + r, r * width);
        }
        Arrays.fill(weights, count * width, weights.length, (byte) packing.paddingWeight());
        for (int r = 0; r < TILE_ROWS; r++) {
            for (int block = 0; block < layout.wordsPerRow(); block++) {
                dst[offset + block * TILE_ROWS + r] =
                        packing.encodeWord(weights, r * width + block * packing.weightsPerWord());
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
        if (WeightLanes.valid(weights, at, layout.k(), ternary)) {
            return;
        }
        for (int k = 0; k < layout.k(); k++) {
            int weight = weights[at + k];
            if (weight < -1 || weight > 1 || weight == 0 && !ternary) {
                throw new IllegalArgumentException("weight [n=" + n + ", k=" + k + "]: found " + weight + ", wanted "
                        + (ternary ? "-1, 0 or +1" : "-1 or +1 (binary32)"));
            }
        }
    }
}
