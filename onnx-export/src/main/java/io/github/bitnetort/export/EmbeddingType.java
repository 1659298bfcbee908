package io.github.bitnetort.export;

/** How the embedding table and a head that is not ternary are stored. */
public enum EmbeddingType {
    /** As the checkpoint's numbers, exactly. */
    F32("f32"),
    /** As float16, rounded where the checkpoint's are others; the head is a CustomMatMulF16. */
    F16("f16"),
    /** 8 bits, one scale a row; the head is a CustomMatMulNBits. */
    INT8("int8"),
    /** 4 bits, one scale for each block of 32 columns; the head is a CustomMatMulNBits. */
    INT4("int4");

    private final String label;

    EmbeddingType(String label) {
        this.label = label;
    }

    /** The name in metadata and on the command line. */
    public String label() {
        return label;
    }
}
