package io.github.bitnetort.ops;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How weights become bits; the op's attribute {@code packing}. In each, byte c (0..3, least significant first) of a
 * word holds the word's weights c, 4 + c, 8 + c, … so weight {@code index} of a word is number {@code index / 4} of
 * byte {@code index % 4}.
 */
public enum Packing {
    /** A bit a weight: 0 is −1, 1 is +1. */
    BINARY32("binary32", 32, false) {
        @Override
        int encode(byte[] weights, int first, int shift, int less) {
            int word = 0;
            for (int i = 0; i < 8; i++) {
                word |= (~WeightLanes.four(weights, first + 4 * i) >>> 1 & WeightLanes.ONES) << i;
            }
            return word;
        }

        @Override
        int decode(int code, int i) {
            return (code >>> i & 1) * 2 - 1;
        }
    },

    /** Two bits a weight: 0 is −1, 1 is 0, 2 is +1; 3 is invalid. */
    TERNARY16("ternary16", 16, true) {
        @Override
        int encode(byte[] lanes, int first, int shift, int less) {
            long low = WeightLanes.digits(WeightLanes.eight(lanes, first), shift, less);
            long high = WeightLanes.digits(WeightLanes.eight(lanes, first + 8), shift, less);
            long even = low | high << 4;
            return (int) even | (int) (even >>> 32) << 2;
        }

        @Override
        void encodePlanes(byte[] codes, int first, int[] dst, int at, int stride) {
            long low = WeightLanes.eight(codes, first);
            long high = WeightLanes.eight(codes, first + 8);
            // Columns 0 to 7 beside 8 to 15: planes 0 and 1 in one, 2 and 3 in the other.
            long lower = low & FOURS | (high & FOURS) << 4;
            long upper = low >>> 4 & FOURS | high & FOURS << 4;
            int a = (int) lower;
            int b = (int) (lower >>> 32);
            int c = (int) upper;
            int d = (int) (upper >>> 32);
            dst[at] = a & PAIRS | (b & PAIRS) << 2;
            dst[at + stride] = a >>> 2 & PAIRS | b & PAIRS << 2;
            dst[at + 2 * stride] = c & PAIRS | (d & PAIRS) << 2;
            dst[at + 3 * stride] = c >>> 2 & PAIRS | d & PAIRS << 2;
        }

        @Override
        int decode(int code, int i) {
            return (code >>> 2 * i & 3) - 1;
        }
    },

    /** Five weights a byte, as the base-3 fraction v / 243 with v's digits weight + 1, rounded up to 256ths. */
    TERNARY20("ternary20", 20, true) {
        @Override
        int encode(byte[] lanes, int first, int shift, int less) {
            int v = 0; // no byte's sum is above 242, so none carries
            for (int i = 0; i < 5; i++) {
                v = 3 * v + (int) WeightLanes.digits(WeightLanes.four(lanes, first + 4 * i), shift, less);
            }
            return fraction(v & 255)
                    | fraction(v >>> 8 & 255) << 8
                    | fraction(v >>> 16 & 255) << 16
                    | fraction(v >>> 24) << 24;
        }

        private static int fraction(int v) {
            return (256 * v + 242) / 243;
        }

        @Override
        int decode(int code, int i) {
            int fraction = code;
            for (int digit = 0; digit < i; digit++) {
                fraction = 3 * fraction & 255;
            }
            return (3 * fraction >> 8) - 1;
        }
    };

    /** The lower half of each byte. */
    private static final long FOURS = 0x0f0f0f0f0f0f0f0fL;

    /** The lower half of each half byte. */
    private static final int PAIRS = 0x33333333;

    private final String onnxName;
    private final int weightsPerWord;
    private final boolean ternary;

    Packing(String onnxName, int weightsPerWord, boolean ternary) {
        this.onnxName = onnxName;
        this.weightsPerWord = weightsPerWord;
        this.ternary = ternary;
    }

    /** The attribute's value. */
    public String onnxName() {
        return onnxName;
    }

    /** P: weights in a 32-bit word. */
    public int weightsPerWord() {
        return weightsPerWord;
    }

    /** Whether a weight may be 0. */
    public boolean isTernary() {
        return ternary;
    }

    /** What the columns behind K and the rows behind N hold: 0 where there is one, else −1. */
    public int paddingWeight() {
        return ternary ? 0 : -1;
    }

    /**
     * The constant of an attribute's value.
     *
     * @throws IllegalArgumentException for a value that the contract does not know
     */
    public static Packing fromOnnxName(String name) {
        for (Packing packing : values()) {
            if (packing.onnxName.equals(name)) {
                return packing;
            }
        }
        throw new IllegalArgumentException("packing: found \"" + name + "\", wanted one of "
                + Arrays.stream(values()).map(Packing::onnxName).collect(Collectors.joining(", ")));
    }

    /** The word of P weights from {@code first} on, each one that the packing can hold. */
    final int encodeWord(byte[] weights, int first) {
        return encode(weights, first, 0, 1);
    }

    /** The word of P codes from {@code first} on, none of which is 3, of a ternary packing; see {@link CodeRows}. */
    final int encodeCodes(byte[] codes, int first, int shift) {
        return encode(codes, first, shift, 0);
    }

    /**
     * The words of all four planes of P bytes of codes from {@code first} on, none of which is 3; see {@link RowPlanes}.
     *
     * @param dst receives plane p's at {@code at + p * stride}
     */
    void encodePlanes(byte[] codes, int first, int[] dst, int at, int stride) {
        for (int plane = 0; plane < RowPlanes.COUNT; plane++) {
            dst[at + plane * stride] = encodeCodes(codes, first, 2 * plane);
        }
    }

    /** The word of P lanes from {@code first} on; see {@link WeightLanes#digits}. */
    abstract int encode(byte[] lanes, int first, int shift, int less);

    /** Weight number i of a byte 0..255; meaningless for a byte that no packer writes. */
    abstract int decode(int code, int i);

    /** Weights in a byte: P/4. */
    int weightsPerByte() {
        return weightsPerWord / 4;
    }

    /** Weight {@code index} (0..P−1) of a word. */
    int weightInWord(int word, int index) {
        return decode(word >>> 8 * (index % 4) & 255, index / 4);
    }
}
