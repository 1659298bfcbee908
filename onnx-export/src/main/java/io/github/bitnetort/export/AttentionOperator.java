package io.github.bitnetort.export;

import java.util.Arrays;
import java.util.Optional;

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

    /** The operator of that name, if it is one of these. */
    static Optional<AttentionOperator> ofLabel(String label) {
        return Arrays.stream(values())
                .filter(operator -> operator.label.equals(label))
                .findFirst();
    }
}
