package io.github.bitnetort.export;

/** The operator that attention with a KV cache in one buffer becomes; {@link Operators#STANDARD} has none. */
public enum AttentionOperator {
    /** CustomGroupQueryAttention, which gives the same bits on every machine, and padded rows those that they get alone. */
    CUSTOM("custom"),
    /** ONNX Runtime's GroupQueryAttention. */
    ORT("ort");

    private final String label;

    AttentionOperator(String label) {
        this.label = label;
    }

    /** The name in metadata and on the command line. */
    public String label() {
        return label;
    }
}
