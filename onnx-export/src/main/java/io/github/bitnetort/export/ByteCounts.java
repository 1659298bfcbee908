package io.github.bitnetort.export;

import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedLayout;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import java.util.EnumMap;
import java.util.Map;

/** For each byte that packed weights can have: how many of its weights are −1, 0, +1, or what no packer writes. */
final class ByteCounts {
    static final int BYTE_VALUES = 256;

    /** −1, 0, +1, invalid: a weight's kind is the weight + 1, where the last is what code 3 looks like. */
    static final int KINDS = 4;

    private static final int BYTES_PER_WORD = 4;
    private static final Map<Packing, ByteCounts> ALL = new EnumMap<>(Packing.class);

    static {
        for (Packing packing : Packing.values()) {
            ALL.put(packing, new ByteCounts(packing));
        }
    }

    private final int[][] kinds = new int[BYTE_VALUES][KINDS];

    private ByteCounts(Packing packing) {
        int weightsPerByte = packing.weightsPerWord() / BYTES_PER_WORD;
        for (int value = 0; value < BYTE_VALUES; value++) {
            PackedWeights one = repeated(packing, value);
            if (isInvalid(one)) {
                kinds[value][KINDS - 1] = weightsPerByte;
                continue;
            }
            for (int i = 0; i < weightsPerByte; i++) {
                kinds[value][one.weight(0, i * BYTES_PER_WORD) + 1]++;
            }
        }
    }

    static ByteCounts of(Packing packing) {
        return ALL.get(packing);
    }

    /**
     * Adds up weights by kind.
     *
     * @param counts [{@link #KINDS}]
     * @param bytes [{@link #BYTE_VALUES}]: how often each byte occurs
     */
    void addTo(long[] counts, long[] bytes) {
        for (int value = 0; value < BYTE_VALUES; value++) {
            for (int kind = 0; kind < KINDS; kind++) {
                counts[kind] += bytes[value] * kinds[value][kind];
            }
        }
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
