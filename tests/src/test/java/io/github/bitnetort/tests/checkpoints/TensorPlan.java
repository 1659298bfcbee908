package io.github.bitnetort.tests.checkpoints;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.checkpoint.QuantizationConfig.Scheme;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a model in the order of its layers, and scales that keep its activations in a sane range. With norm
 * weights around 1, a projection of K columns whose scale is g / sqrt(K · nonzero) gives outputs of RMS g from inputs of
 * RMS 1. Queries, keys, values, gate and up get g = 1, so that attention scores have a deviation of about 1. The last
 * projections of attention and MLP get the g with which all layers together add {@value #STREAM_GROWTH} times the
 * embedding's RMS to the residual stream: a tied head would otherwise always give back the token that it was fed. Rows of
 * the head have length {@value #LOGIT_DEVIATION}, which is the logits' standard deviation.
 */
final class TensorPlan {
    /** How much of the weights is 0: absmean makes 0.31 of normally distributed masters, training more. */
    static final double ZEROS = 0.42;

    private static final double LOGIT_DEVIATION = 2;
    private static final double STREAM_GROWTH = 20;
    private static final double NORM_DEVIATION = 0.1;

    private final ModelConfig config;
    private final List<PlannedTensor> tensors = new ArrayList<>();

    private TensorPlan(ModelConfig config) {
        this.config = config;
    }

    /** @throws IllegalArgumentException for a configuration whose files look different */
    static List<PlannedTensor> of(ModelConfig config) {
        check(config);
        return new TensorPlan(config).all();
    }

    private static void check(ModelConfig config) {
        if (!config.quantization().scheme().isPacked()) {
            throw unwanted(config, "quantization_mode: found online, wanted offline");
        }
        if (config.attentionBias() || config.mlpBias() || config.quantization().useRmsNorm()) {
            throw unwanted(config, "found biases or use_rms_norm, wanted neither");
        }
    }

    private static IllegalArgumentException unwanted(ModelConfig config, String what) {
        return new IllegalArgumentException(config.file() + ": " + what + " for a random checkpoint");
    }

    private List<PlannedTensor> all() {
        int hidden = config.hidden();
        double embedding = LOGIT_DEVIATION / Math.sqrt(hidden);
        tensors.add(PlannedTensor.floats("model.embed_tokens.weight", 0, embedding, config.vocab(), hidden));
        for (int layer = 0; layer < config.layers(); layer++) {
            layer("model.layers." + layer + ".", STREAM_GROWTH * embedding / Math.sqrt(2.0 * config.layers()));
        }
        norm("model.norm", hidden);
        if (!config.tiedEmbeddings()) {
            tensors.add(PlannedTensor.floats("lm_head.weight", 0, embedding, config.vocab(), hidden));
        }
        return tensors;
    }

    private void layer(String layer, double branch) {
        int hidden = config.hidden();
        norm(layer + "input_layernorm", hidden);
        linear(layer + "self_attn.q_proj", config.attentionWidth(), hidden, 1);
        linear(layer + "self_attn.k_proj", config.kvWidth(), hidden, 1);
        linear(layer + "self_attn.v_proj", config.kvWidth(), hidden, 1);
        if (config.architecture().hasSubNorms()) {
            norm(layer + "self_attn.attn_sub_norm", config.attentionWidth());
        }
        linear(layer + "self_attn.o_proj", hidden, config.attentionWidth(), branch);
        norm(layer + "post_attention_layernorm", hidden);
        linear(layer + "mlp.gate_proj", config.intermediate(), hidden, 1);
        linear(layer + "mlp.up_proj", config.intermediate(), hidden, 1);
        if (config.architecture().hasSubNorms()) {
            norm(layer + "mlp.ffn_sub_norm", config.intermediate());
        }
        linear(layer + "mlp.down_proj", hidden, config.intermediate(), branch);
    }

    private void norm(String module, int width) {
        tensors.add(PlannedTensor.floats(module + ".weight", 1, NORM_DEVIATION, width));
    }

    private void linear(String module, int rows, int columns, double outputRms) {
        tensors.add(PlannedTensor.ternary(module + ".weight", rows, columns));
        double scale = outputRms / Math.sqrt(columns * (1 - ZEROS));
        boolean divides = config.quantization().scheme() == Scheme.BITLINEAR;
        tensors.add(PlannedTensor.floats(module + ".weight_scale", divides ? 1 / scale : scale, 0, 1));
    }
}
