package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.checkpoint.Architecture;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hugging Face's names for a file's tensors. */
final class GgufNames {
    static final String EMBEDDING = "token_embd.weight";
    static final String HEAD = "output.weight";

    private static final Map<String, String> MODULES = Map.of(
            "token_embd", "model.embed_tokens",
            "output", "lm_head",
            "output_norm", "model.norm");

    private static final Map<String, String> LAYER_MODULES = Map.ofEntries(
            Map.entry("attn_norm", "input_layernorm"),
            Map.entry("ffn_norm", "post_attention_layernorm"),
            Map.entry("attn_q", "self_attn.q_proj"),
            Map.entry("attn_k", "self_attn.k_proj"),
            Map.entry("attn_v", "self_attn.v_proj"),
            Map.entry("attn_output", "self_attn.o_proj"),
            Map.entry("attn_q_norm", "self_attn.q_norm"),
            Map.entry("attn_k_norm", "self_attn.k_norm"),
            Map.entry("attn_sub_norm", "self_attn.attn_sub_norm"),
            Map.entry("ffn_gate", "mlp.gate_proj"),
            Map.entry("ffn_up", "mlp.up_proj"),
            Map.entry("ffn_down", "mlp.down_proj"),
            Map.entry("ffn_sub_norm", "mlp.ffn_sub_norm"));

    private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,9})\\.([a-z_]+)\\.(weight|bias)");
    private static final Pattern OTHER = Pattern.compile("([a-z_]+)\\.(weight|bias)");

    private GgufNames() {}

    /** Empty for a name that no model has which can be exported. */
    static Optional<String> huggingFace(String name) {
        Matcher layer = LAYER.matcher(name);
        if (layer.matches()) {
            return Optional.ofNullable(LAYER_MODULES.get(layer.group(2)))
                    .map(module ->
                            "model.layers." + Integer.parseInt(layer.group(1)) + "." + module + "." + layer.group(3));
        }
        Matcher other = OTHER.matcher(name);
        return other.matches()
                ? Optional.ofNullable(MODULES.get(other.group(1))).map(module -> module + "." + other.group(2))
                : Optional.empty();
    }

    /** Whether a model of that architecture computes anything with a tensor of that Hugging Face name. */
    static boolean belongsTo(Architecture architecture, String huggingFace) {
        String module = huggingFace.substring(0, huggingFace.lastIndexOf('.'));
        if (module.endsWith("_sub_norm")) {
            return architecture.hasSubNorms();
        }
        return architecture.hasHeadNorms() || !module.endsWith(".q_norm") && !module.endsWith(".k_norm");
    }

    /** Whether those are the weights of a linear layer, by Hugging Face's name. */
    static boolean isLinear(String huggingFace) {
        return huggingFace.endsWith("_proj.weight") || huggingFace.equals("lm_head.weight");
    }

    /** Whether rows of that tensor belong to heads that are turned: queries and keys. */
    static boolean isRotated(String huggingFace) {
        return huggingFace.contains(".q_proj.") || huggingFace.contains(".k_proj.");
    }
}
