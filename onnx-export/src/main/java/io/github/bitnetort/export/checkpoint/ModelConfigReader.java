package io.github.bitnetort.export.checkpoint;

import java.util.List;
import java.util.Optional;

/** Makes a {@link ModelConfig} of config.json's fields. */
final class ModelConfigReader {
    private ModelConfigReader() {}

    static ModelConfig read(JsonFields fields) {
        Architecture architecture = architecture(fields);
        Architecture.Defaults defaults = architecture.defaults();
        int hidden = fields.positive("hidden_size", defaults.hidden());
        int heads = fields.positive("num_attention_heads", defaults.heads());
        int maxPositions = fields.positive("max_position_embeddings", defaults.maxPositions());
        ModelConfig config = new ModelConfig(
                fields.file(),
                architecture,
                fields.positive("vocab_size", defaults.vocab()),
                hidden,
                fields.positive("intermediate_size", defaults.intermediate()),
                fields.positive("num_hidden_layers", defaults.layers()),
                heads,
                kvHeads(fields, defaults, heads),
                headDim(fields, defaults, hidden, heads),
                fields.text("hidden_act", defaults.activation()),
                (float) fields.positiveNumber("rms_norm_eps", defaults.rmsNormEps()),
                fields.flag("tie_word_embeddings", false),
                fields.flag("attention_bias", false),
                architecture == Architecture.LLAMA && fields.flag("mlp_bias", false),
                maxPositions,
                rope(fields, defaults, maxPositions),
                QuantizationConfig.read(fields));
        check(fields, config);
        checkAttendsToAll(fields);
        return config;
    }

    private static Architecture architecture(JsonFields fields) {
        List<String> names = fields.texts("architectures");
        String type = fields.text("model_type", null);
        Optional<Architecture> found = names == null || names.isEmpty()
                ? Architecture.ofModelType(type)
                : names.stream()
                        .map(Architecture::ofClassName)
                        .flatMap(Optional::stream)
                        .findFirst();
        String supported = "BitNetForCausalLM, LlamaForCausalLM or Qwen3ForCausalLM";
        return found.orElseThrow(() -> names == null || names.isEmpty()
                ? fields.bad("model_type", type, "bitnet, llama or qwen3, or architectures " + supported)
                : fields.bad("architectures", names, supported));
    }

    /** Absent means the class's default; an explicit null means as many as there are heads. */
    private static int kvHeads(JsonFields fields, Architecture.Defaults defaults, int heads) {
        boolean absent = !fields.node().has("num_key_value_heads");
        return fields.positive(
                "num_key_value_heads", absent && defaults.kvHeads() != null ? defaults.kvHeads() : heads);
    }

    private static int headDim(JsonFields fields, Architecture.Defaults defaults, int hidden, int heads) {
        if (defaults.headDim() != null) {
            return fields.positive("head_dim", defaults.headDim());
        }
        if (!fields.has("head_dim") && hidden % heads != 0) {
            throw fields.bad("hidden_size", hidden, "a multiple of num_attention_heads " + heads + ", or head_dim");
        }
        return fields.positive("head_dim", hidden / heads);
    }

    /** rope_scaling (older) goes before rope_parameters (newer), and a theta in either before the top-level one. */
    private static RopeConfig rope(JsonFields fields, Architecture.Defaults defaults, int maxPositions) {
        double theta = fields.positiveNumber("rope_theta", defaults.ropeTheta());
        JsonFields scaling = fields.object("rope_scaling");
        JsonFields rope = scaling != null && !scaling.node().isEmpty() ? scaling : fields.object("rope_parameters");
        checkWholeHead(fields);
        if (rope == null) {
            return new RopeConfig(RopeConfig.Type.DEFAULT, theta, 1, 0, 0, 0);
        }
        checkWholeHead(rope);
        if (rope.node().properties().stream().anyMatch(entry -> entry.getValue().isObject())) {
            throw rope.bad("rope_type", rope.node(), "one set of parameters for all layers");
        }
        theta = rope.positiveNumber("rope_theta", theta);
        String type = rope.text("rope_type", rope.text("type", "default"));
        return switch (type) {
            case "default" -> new RopeConfig(RopeConfig.Type.DEFAULT, theta, 1, 0, 0, 0);
            case "linear" -> new RopeConfig(RopeConfig.Type.LINEAR, theta, required(rope, "factor"), 0, 0, 0);
            case "llama3" -> llama3(fields, rope, theta, maxPositions);
            case "yarn" -> yarn(fields, rope, theta, maxPositions);
            default -> throw rope.bad("rope_type", type, "default, linear, llama3 or yarn");
        };
    }

    private static RopeConfig llama3(JsonFields fields, JsonFields rope, double theta, int maxPositions) {
        double low = required(rope, "low_freq_factor");
        double high = required(rope, "high_freq_factor");
        if (high <= low) {
            throw rope.bad("high_freq_factor", high, "more than low_freq_factor " + low);
        }
        return new RopeConfig(
                RopeConfig.Type.LLAMA3,
                theta,
                required(rope, "factor"),
                low,
                high,
                originalMaxPositions(fields, rope, maxPositions));
    }

    private static RopeConfig yarn(JsonFields fields, JsonFields rope, double theta, int maxPositions) {
        double factor = required(rope, "factor");
        double attention = RopeConfig.Yarn.attentionFactor(factor, 1);
        if (rope.has("mscale") && rope.has("mscale_all_dim")) {
            attention = RopeConfig.Yarn.attentionFactor(factor, required(rope, "mscale"))
                    / RopeConfig.Yarn.attentionFactor(factor, required(rope, "mscale_all_dim"));
        }
        return RopeConfig.withYarn(
                theta,
                factor,
                originalMaxPositions(fields, rope, maxPositions),
                new RopeConfig.Yarn(
                        rope.positiveNumber("beta_fast", RopeConfig.Yarn.BETA_FAST),
                        rope.positiveNumber("beta_slow", RopeConfig.Yarn.BETA_SLOW),
                        rope.flag("truncate", true),
                        rope.positiveNumber("attention_factor", attention)));
    }

    private static double originalMaxPositions(JsonFields fields, JsonFields rope, int maxPositions) {
        String name = "original_max_position_embeddings";
        return fields.positiveNumber(name, rope.positiveNumber(name, maxPositions));
    }

    private static double required(JsonFields rope, String name) {
        if (!rope.has(name)) {
            throw rope.bad(name, null, "a finite number > 0");
        }
        return rope.positiveNumber(name, Double.NaN);
    }

    private static void checkWholeHead(JsonFields fields) {
        double part = fields.positiveNumber("partial_rotary_factor", 1);
        if (part != 1) {
            throw fields.bad("partial_rotary_factor", part, "1");
        }
    }

    /** No token is beyond another's window: fields of Qwen's class. */
    private static void checkAttendsToAll(JsonFields fields) {
        if (fields.flag("use_sliding_window", false)) {
            throw fields.bad("use_sliding_window", true, "false");
        }
        List<String> types = fields.texts("layer_types");
        if (types != null && !types.stream().allMatch("full_attention"::equals)) {
            throw fields.bad("layer_types", types, "full_attention alone");
        }
    }

    private static void check(JsonFields fields, ModelConfig config) {
        if (config.heads() % config.kvHeads() != 0) {
            throw fields.bad(
                    "num_attention_heads", config.heads(), "a multiple of num_key_value_heads " + config.kvHeads());
        }
        if (config.headDim() % 2 != 0) {
            throw fields.bad("head_dim", config.headDim(), "an even number");
        }
        if (config.architecture().hasSubNorms() && config.attentionWidth() != config.hidden()) {
            throw fields.bad(
                    "head_dim",
                    config.headDim(),
                    "hidden_size / num_attention_heads, because attn_sub_norm has hidden_size weights");
        }
    }
}
