package io.github.bitnetort.ops;

import static io.github.bitnetort.ops.CustomBitMatMul.TILE_ROWS;

import java.nio.IntBuffer;

/** Packed weights of one matrix, for reading; a view of the caller's array or (mapped, little-endian) buffer. */
public final class PackedWeights {
    private final PackedLayout layout;
    private final IntBuffer words;

    private PackedWeights(PackedLayout layout, IntBuffer words) {
        Checks.length("W", words.remaining(), layout.wordCount());
        this.layout = layout;
        this.words = words;
    }

    /** @throws IllegalArgumentException unless there are exactly {@link PackedLayout#wordCount()} words */
    public static PackedWeights of(PackedLayout layout, int[] words) {
        return new PackedWeights(layout, IntBuffer.wrap(words));
    }

    /**
     * The words between the buffer's position and limit.
     *
     * @throws IllegalArgumentException unless there are exactly {@link PackedLayout#wordCount()} words
     */
    public static PackedWeights of(PackedLayout layout, IntBuffer words) {
        return new PackedWeights(layout, words.slice());
    }

    /** How the words hold the weights. */
    public PackedLayout layout() {
        return layout;
    }

    /** Word i, 0..wordCount − 1. */
    public int word(int i) {
        return words.get(i);
    }

    /** Copies {@link PackedLayout#wordsPerTile()} words of a tile to the start of {@code dst}. */
    public void copyTile(int tile, int[] dst) {
        words.get(tile * layout.wordsPerTile(), dst, 0, layout.wordsPerTile());
    }

    /** The weight of output row n, column k: −1, 0 or +1 in weights that {@link #validate()} accepts. */
    public int weight(int n, int k) {
        int perWord = layout.packing().weightsPerWord();
        int word = words.get(layout.wordIndex(n / TILE_ROWS, k / perWord, n % TILE_ROWS));
        return layout.packing().weightInWord(word, k % perWord);
    }

    /** Writes the K weights of output row n to {@code dst} from {@code offset}. */
    public void unpackRow(int n, byte[] dst, int offset) {
        for (int k = 0; k < layout.k(); k++) {
            dst[offset + k] = (byte) weight(n, k);
        }
    }

    /**
     * Refuses what no packer writes: code 3 of {@code ternary16}, 13 byte values of {@code ternary20}. What the rows
     * behind N and the columns behind K hold is not looked at, because it never reaches a result.
     *
     * @throws IllegalArgumentException naming n, k, found and wanted
     */
    public void validate() {
        if (layout.packing() == Packing.BINARY32) {
            return;
        }
        PackedCodes codes = PackedCodes.of(layout.packing());
        for (int n = 0; n < layout.n(); n++) {
            for (int block = 0; block < layout.wordsPerRow(); block++) {
                validateWord(codes, n, block);
            }
        }
    }

    private void validateWord(PackedCodes codes, int n, int block) {
        int first = block * layout.packing().weightsPerWord();
        int word = words.get(layout.wordIndex(n / TILE_ROWS, block, n % TILE_ROWS));
        for (int c = 0; c < 4 && first + c < layout.k(); c++) {
            int code = word >>> 8 * c & 255;
            int weights = Math.min(layout.packing().weightsPerByte(), (layout.k() - 1 - first - c) / 4 + 1);
            int bad = codes.firstInvalid(code, weights);
            if (bad >= 0) {
                throw new IllegalArgumentException("W: weight [n=" + n + ", k=" + (first + 4 * bad + c)
                        + "]: found byte 0x" + Integer.toHexString(code) + ", wanted " + codes.wanted());
            }
        }
    }
}
