package io.github.bitnetort.export.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/**
 * The model families that can be exported: how they differ, and what transformers takes where config.json is silent
 * ({@code BitNetConfig}, {@code LlamaConfig}).
 */
public enum Architecture {
    /** microsoft/bitnet-b1.58-2B-4T: a norm before o_proj and before down_proj. */
    BITNET("BitNetForCausalLM", "bitnet", true) {
        @Override
        Defaults defaults() {
            return new Defaults(128256, 2560, 6912, 30, 20, 5, "relu2", 1e-5, 500_000);
        }
    },
    /** Falcon3-1.58bit, Falcon-E, Llama3-8B-1.58 and others. */
    LLAMA("LlamaForCausalLM", "llama", false) {
        @Override
        Defaults defaults() {
            return new Defaults(32000, 4096, 11008, 32, 32, null, "silu", 1e-6, 10_000);
        }
    };

    /** The configuration class's defaults; a null {@code kvHeads} stands for as many as {@code heads}. */
    record Defaults(
            int vocab,
            int hidden,
            int intermediate,
            int layers,
            int heads,
            Integer kvHeads,
            String activation,
            double rmsNormEps,
            double ropeTheta) {}

    private final String className;
    private final String modelType;
    private final boolean subNorms;

    Architecture(String className, String modelType, boolean subNorms) {
        this.className = className;
        this.modelType = modelType;
        this.subNorms = subNorms;
    }

    /** The name in config.json's {@code architectures}. */
    public String className() {
        return className;
    }

    /** The name in config.json's {@code model_type}. */
    public String modelType() {
        return modelType;
    }

    /** Whether attention and MLP end in {@code attn_sub_norm} and {@code ffn_sub_norm} before their last projection. */
    public boolean hasSubNorms() {
        return subNorms;
    }

    /** The architecture of that class name. */
    public static Optional<Architecture> ofClassName(String name) {
        return Arrays.stream(values()).filter(a -> a.className.equals(name)).findFirst();
    }

    /** The architecture of that model type. */
    public static Optional<Architecture> ofModelType(String name) {
        return Arrays.stream(values()).filter(a -> a.modelType.equals(name)).findFirst();
    }

    abstract Defaults defaults();
}
