package io.github.bitnetort.export;

/** What the graph around the quantized layers is made of. */
public enum Operators {
    /**
     * ONNX Runtime's fused operators: few nodes, and a KV cache that may be kept in one buffer. Needs ONNX Runtime 1.22
     * or later.
     */
    ORT("ort"),
    /** ONNX's standard operators alone, for any runtime; the KV cache is copied at every step. */
    STANDARD("standard");

    private final String label;

    Operators(String label) {
        this.label = label;
    }

    /** The name in metadata and on the command line. */
    public String label() {
        return label;
    }
}
