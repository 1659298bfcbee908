package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.QuantizationConfig;
import java.util.Arrays;
import java.util.List;

/** Makes a model's configuration of its metadata and its tensors' shapes. */
final class GgufConfig {
    /** Keys that would change what the model computes, in ways that are not exported. */
    private static final List<String> REFUSED = List.of(
            "expert_count",
            "attention.clamp_kqv",
            "attention.max_alibi_bias",
            "attention.scale",
            "attention.sliding_window",
            "attn_logit_softcapping",
            "final_logit_softcapping",
            "logit_scale",
            "residual_scale",
            "embedding_scale");

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final GgufArchitecture architecture;

    GgufConfig(GgufFile file) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture();
    }

    GgufArchitecture architecture() {
        String key = "general.architecture";
        String name = metadata.text(key).orElseThrow(() -> metadata.bad(key, "none", "the model's architecture"));
        return GgufArchitecture.of(name)
                .orElseThrow(() -> metadata.bad(
                        key,
                        name,
                        "one of "
                                + Arrays.stream(GgufArchitecture.values())
                                        .map(GgufArchitecture::ggufName)
                                        .toList()));
    }

    /** @throws ExportException naming the key or tensor, found and wanted */
    ModelConfig read(QuantizationConfig quantization) {
        REFUSED.forEach(this::refuse);
        int hidden = positive("embedding_length");
        int heads = positive("attention.head_count");
        int kvHeads = metadata.integer(key("attention.head_count_kv")).orElse(heads);
        if (kvHeads < 1 || heads % kvHeads != 0) {
            throw metadata.bad(key("attention.head_count_kv"), kvHeads, "a divisor of the head count " + heads);
        }
        int headDim = headDim(hidden, heads);
        int maxPositions = positive("context_length");
        return new ModelConfig(
                file.path(),
                architecture.architecture(),
                vocab(),
                hidden,
                positive("feed_forward_length"),
                positive("block_count"),
                heads,
                kvHeads,
                headDim,
                activation(),
                (float) epsilon(),
                !file.tensors().containsKey(GgufNames.HEAD),
                hasBias("attn_"),
                hasBias("ffn_"),
                maxPositions,
                new GgufRope(file, architecture).read(headDim, maxPositions),
                quantization);
    }

    private String key(String name) {
        return architecture.key(name);
    }

    private int positive(String name) {
        int value = metadata.integer(key(name)).orElseThrow(() -> metadata.bad(key(name), "none", "an integer"));
        if (value < 1) {
            throw metadata.bad(key(name), value, "1 or more");
        }
        return value;
    }

    private void refuse(String name) {
        double value = metadata.number(key(name)).orElse(0);
        if (value != 0) {
            throw metadata.bad(key(name), value, "a model without it");
        }
    }

    private double epsilon() {
        String name = "attention.layer_norm_rms_epsilon";
        double value = metadata.number(key(name)).orElseThrow(() -> metadata.bad(key(name), "none", "a number"));
        if (value <= 0) {
            throw metadata.bad(key(name), value, "a number > 0");
        }
        return value;
    }

    private String activation() {
        return metadata.text(key("hidden_activation"))
                .or(() -> metadata.text(key("hidden_act")))
                .orElse(architecture.activation());
    }

    private int headDim(int hidden, int heads) {
        if (hidden % heads != 0 && !metadata.has(key("attention.key_length"))) {
            throw metadata.bad(
                    key("embedding_length"), hidden, "a multiple of the head count " + heads + ", or a key_length");
        }
        int headDim = metadata.integer(key("attention.key_length")).orElse(hidden / heads);
        if (headDim < 2 || headDim % 2 != 0) {
            throw metadata.bad(key("attention.key_length"), headDim, "an even number");
        }
        for (String name : List.of("attention.value_length", "rope.dimension_count")) {
            int value = metadata.integer(key(name)).orElse(headDim);
            if (value != headDim) {
                throw metadata.bad(key(name), value, headDim + ", the length of a key");
            }
        }
        if (architecture.architecture().hasSubNorms() && heads * headDim != hidden) {
            throw metadata.bad(key("attention.key_length"), headDim, "embedding_length / head_count");
        }
        return headDim;
    }

    /** What the embedding has; the metadata may leave it out. */
    private int vocab() {
        GgufTensor embedding = file.tensors().get(GgufNames.EMBEDDING);
        if (embedding == null || embedding.shape().size() != 2) {
            throw ExportException.of(
                    file.path(),
                    "tensor " + GgufNames.EMBEDDING,
                    embedding == null ? "none" : embedding.describe(),
                    "an embedding [vocabulary, width]");
        }
        int rows = Math.toIntExact(embedding.shape().get(0));
        int stated = metadata.integer(key("vocab_size")).orElse(rows);
        if (stated != rows) {
            throw metadata.bad(key("vocab_size"), stated, rows + ", the rows of " + GgufNames.EMBEDDING);
        }
        return rows;
    }

    private boolean hasBias(String module) {
        return file.tensors().keySet().stream()
                .anyMatch(name -> name.startsWith("blk.0." + module) && name.endsWith(".bias"));
    }
}
