package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.checkpoint.Architecture;
import java.util.Arrays;
import java.util.Optional;

/** The architectures that a file may name, and what llama.cpp and bitnet.cpp compute for each. */
enum GgufArchitecture {
    /** 1bitLLM's models; the activation is SiLU unless the file names another. */
    BITNET("bitnet", Architecture.BITNET, "silu", false),
    /** The first file of microsoft/bitnet-b1.58-2B-4T. */
    BITNET_25("bitnet-25", Architecture.BITNET, "relu2", false),
    /** The published file of microsoft/bitnet-b1.58-2B-4T. */
    BITNET_B158("bitnet-b1.58", Architecture.BITNET, "relu2", false),
    /** Falcon3-1.58bit, Falcon-E, Llama3-8B-1.58. */
    LLAMA("llama", Architecture.LLAMA, "silu", true),
    /** Models of Qwen 3's shape, such as Bonsai. */
    QWEN3("qwen3", Architecture.QWEN3, "silu", false);

    private final String name;
    private final Architecture architecture;
    private final String activation;
    private final boolean interleavedHeads;

    GgufArchitecture(String name, Architecture architecture, String activation, boolean interleavedHeads) {
        this.name = name;
        this.architecture = architecture;
        this.activation = activation;
        this.interleavedHeads = interleavedHeads;
    }

    static Optional<GgufArchitecture> of(String name) {
        return Arrays.stream(values()).filter(value -> value.name.equals(name)).findFirst();
    }

    /** The value of {@code general.architecture}, and the prefix of the model's own keys. */
    String ggufName() {
        return name;
    }

    /** The model's own key of that name. */
    String key(String key) {
        return name + "." + key;
    }

    Architecture architecture() {
        return architecture;
    }

    /** The MLP's function, by transformers' name. */
    String activation() {
        return activation;
    }

    /** Whether rows of queries and keys are in llama.cpp's order ({@link RowOrder}). */
    boolean hasInterleavedHeads() {
        return interleavedHeads;
    }

    /** Whether floating point weights of the linear layers are meant to be quantized when the model runs. */
    boolean quantizesOnline() {
        return architecture == Architecture.BITNET;
    }
}
