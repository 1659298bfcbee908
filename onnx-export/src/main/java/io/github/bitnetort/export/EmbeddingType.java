package io.github.bitnetort.export;

/**
 * How the embedding table and a head that is not ternary are stored. There is no float16: ONNX Runtime has no product of
 * float16 weights on CPUs and would expand the head to a float32 copy.
 */
public enum EmbeddingType {
    /** As the checkpoint's numbers, exactly. */
    F32("f32"),
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
