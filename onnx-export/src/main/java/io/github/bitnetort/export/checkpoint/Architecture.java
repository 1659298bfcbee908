package io.github.bitnetort.export.checkpoint;

import java.util.Arrays;
import java.util.Optional;

/**
 * The model families that can be exported: how they differ, and what transformers takes where config.json is silent
 * ({@code BitNetConfig}, {@code LlamaConfig}, {@code Qwen3Config}).
 */
public enum Architecture {
    /** microsoft/bitnet-b1.58-2B-4T: a norm before o_proj and before down_proj. */
    BITNET("BitNetForCausalLM", "bitnet", true, false) {
        @Override
        Defaults defaults() {
            return new Defaults(128256, 2560, 6912, 30, 20, 5, null, "relu2", 1e-5, 2048, 500_000);
        }
    },
    /** Falcon3-1.58bit, Falcon-E, Llama3-8B-1.58 and others. */
    LLAMA("LlamaForCausalLM", "llama", false, false) {
        @Override
        Defaults defaults() {
            return new Defaults(32000, 4096, 11008, 32, 32, null, null, "silu", 1e-6, 2048, 10_000);
        }
    },
    /** Models of Qwen 3's shape: each head of queries and keys is normed before it is turned. */
    QWEN3("Qwen3ForCausalLM", "qwen3", false, true) {
        @Override
        Defaults defaults() {
            return new Defaults(151936, 4096, 22016, 32, 32, 32, 128, "silu", 1e-6, 32768, 10_000);
        }
    };

    /** The configuration class's defaults; a null {@code kvHeads} stands for as many as {@code heads}, a null {@code headDim} for their share. */
    record Defaults(
            int vocab,
            int hidden,
            int intermediate,
            int layers,
            int heads,
            Integer kvHeads,
            Integer headDim,
            String activation,
            double rmsNormEps,
            int maxPositions,
            double ropeTheta) {}

    private final String className;
    private final String modelType;
    private final boolean subNorms;
    private final boolean headNorms;

    Architecture(String className, String modelType, boolean subNorms, boolean headNorms) {
        this.className = className;
        this.modelType = modelType;
        this.subNorms = subNorms;
        this.headNorms = headNorms;
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

    /** Whether each head of queries and keys passes {@code q_norm} and {@code k_norm}. */
    public boolean hasHeadNorms() {
        return headNorms;
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
