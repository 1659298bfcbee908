package io.github.bitnetort.runtime;

/**
 * Which memory CustomBitMatMul reads its weights from: what the session configuration entry {@value #CONFIG_ENTRY} says.
 * The results are the same bits. Programs in other languages set the entry themselves, as in Python's
 * {@code options.add_session_config_entry("ai.bitnet.weights", "huge_pages")}; with ONNX Runtime older than 1.24 before
 * they register the library.
 */
public enum WeightMemory {
    /** The mapping of the model's file, shared between processes, without a copy: what a session does that says nothing. */
    MAPPED("mapped"),
    /**
     * A copy of its own for each session, made when it is created, in anonymous memory of huge pages, which is read
     * faster. The mapping's pages are given back. Linux only; where the system gives no huge pages the session is
     * refused. Weights inside {@code model.onnx} itself are then in memory twice: ONNX Runtime keeps its own.
     */
    HUGE_PAGES("huge_pages");

    /** The key of the session configuration entry. */
    public static final String CONFIG_ENTRY = "ai.bitnet.weights";

    private final String configValue;

    WeightMemory(String configValue) {
        this.configValue = configValue;
    }

    /** The session configuration entry's value. */
    public String configValue() {
        return configValue;
    }
}
