package io.github.bitnetort.export;

import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;

/**
 * How many weights are −1, 0 and +1.
 *
 * @param invalid weights in bytes that no packer writes
 */
public record WeightCounts(long minus, long zero, long plus, long invalid) {
    private static final int BYTE_VALUES = 256;

    /** Counts all weights below N and K. */
    static WeightCounts of(PackedWeights weights) {
        PackedLayout layout = weights.layout();
        int perWord = layout.packing().weightsPerWord();
        int wholeBlocks = layout.k() / perWord;
        long[] bytes = new long[BYTE_VALUES];
        // By weight + 1; the last is what code 3 looks like.
        long[] counts = new long[4];
        for (int n = 0; n < layout.n(); n++) {
            int tile = n / CustomBitMatMul.TILE_ROWS;
            for (int block = 0; block < wholeBlocks; block++) {
                int word = weights.word(layout.wordIndex(tile, block, n % CustomBitMatMul.TILE_ROWS));
                bytes[word & 255]++;
                bytes[word >>> 8 & 255]++;
                bytes[word >>> 16 & 255]++;
                bytes[word >>> 24]++;
            }
            for (int k = wholeBlocks * perWord; k < layout.k(); k++) {
                counts[weights.weight(n, k) + 1]++;
            }
        }
        return total(layout.packing(), bytes, counts);
    }

    private static WeightCounts total(Packing packing, long[] bytes, long[] counts) {
        long invalid = 0;
        for (int value = 0; value < BYTE_VALUES; value++) {
            PackedWeights one = repeated(packing, value);
            if (isInvalid(one)) {
                invalid += bytes[value] * (packing.weightsPerWord() / 4);
                continue;
            }
            for (int k = 0; k < packing.weightsPerWord(); k += 4) {
                counts[one.weight(0, k) + 1] += bytes[value];
            }
        }
        return new WeightCounts(counts[0], counts[1], counts[2], counts[3] + invalid);
    }

    /** One row of one word, all of whose bytes are the same. */
    private static PackedWeights repeated(Packing packing, int value) {
        int[] words = new int[CustomBitMatMul.TILE_ROWS];
        words[0] = value * 0x01010101;
        return PackedWeights.of(new PackedLayout(1, packing.weightsPerWord(), packing), words);
    }

    private static boolean isInvalid(PackedWeights weights) {
        try {
            weights.validate();
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }
}
