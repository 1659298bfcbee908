package io.github.bitnetort.export;

import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.PackedWeights;

/**
 * How many weights are −1, 0 and +1.
 *
 * @param invalid weights in bytes that no packer writes
 */
public record WeightCounts(long minus, long zero, long plus, long invalid) {
    /** Counts all weights below N and K. */
    static WeightCounts of(PackedWeights weights) {
        return of(weights, 0, weights.layout().n());
    }

    /** Counts the K weights of each of so many rows. */
    static WeightCounts of(PackedWeights weights, int firstRow, int rows) {
        PackedLayout layout = weights.layout();
        int perWord = layout.packing().weightsPerWord();
        int wholeBlocks = layout.k() / perWord;
        long[] bytes = new long[ByteCounts.BYTE_VALUES];
        long[] counts = new long[ByteCounts.KINDS];
        for (int n = firstRow; n < firstRow + rows; n++) {
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
        ByteCounts.of(layout.packing()).addTo(counts, bytes);
        return new WeightCounts(counts[0], counts[1], counts[2], counts[3]);
    }

    /** All weights counted. */
    public long total() {
        return minus + zero + plus + invalid;
    }

    /** The share of zeros, 0..1. */
    public double sparsity() {
        return total() == 0 ? 0 : (double) zero / total();
    }
}
