package io.github.bitnetort.ops;

/** Which bytes a packer of ternary weights writes. */
final class PackedCodes {
    private static final PackedCodes TERNARY16 = new PackedCodes(Packing.TERNARY16, "codes 0, 1 or 2 in its bit pairs");
    private static final PackedCodes TERNARY20 = new PackedCodes(Packing.TERNARY20, "ceil(256 v / 243), v in 0..242");

    /** For each byte, the first weight that no packer writes, or the number of weights. */
    private final int[] firstInvalid = new int[256];

    private final String wanted;

    private PackedCodes(Packing packing, String wanted) {
        this.wanted = wanted;
        int count = packing.weightsPerByte();
        byte[] word = new byte[packing.weightsPerWord()];
        for (int code = 0; code < 256; code++) {
            int first = count;
            for (int i = count - 1; i >= 0; i--) {
                word[4 * i] = (byte) packing.decode(code, i);
                first = word[4 * i] > 1 ? i : first;
            }
            boolean written = first < count || (packing.encodeWord(word, 0) & 255) == code;
            firstInvalid[code] = written ? first : 0;
        }
    }

    static PackedCodes of(Packing packing) {
        return switch (packing) {
            case TERNARY16 -> TERNARY16;
            case TERNARY20 -> TERNARY20;
            case BINARY32 -> throw new IllegalArgumentException("binary32: every byte is valid");
        };
    }

    /** The first of the first {@code weights} weights of a byte that is invalid, or −1. */
    int firstInvalid(int code, int weights) {
        return firstInvalid[code] < weights ? firstInvalid[code] : -1;
    }

    String wanted() {
        return wanted;
    }
}
