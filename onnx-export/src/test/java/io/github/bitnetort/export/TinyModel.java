package io.github.bitnetort.export;

import io.github.bitnetort.export.onnx.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * A synthetic checkpoint: hidden 12, 3 query heads of 4 on 1 key head, intermediate 20, 2 layers, vocabulary 16. Sizes
 * are multiples of 4 but not of 16. The same seed gives the same bytes.
 */
public final class TinyModel {
    public static final int HIDDEN = 12;
    public static final int INTERMEDIATE = 20;
    public static final int KV = 4;
    public static final int VOCAB = 16;
    public static final int LAYERS = 2;

    public final TestTensors tensors = new TestTensors();
    private final Map<String, String> config = new LinkedHashMap<>();
    private final Map<String, String> quantization = new LinkedHashMap<>();
    private final Random random = new Random(1);

    private TinyModel(boolean subNorms) {
        config.put("architectures", subNorms ? "[\"BitNetForCausalLM\"]" : "[\"LlamaForCausalLM\"]");
        config.put("hidden_size", "" + HIDDEN);
        config.put("intermediate_size", "" + INTERMEDIATE);
        config.put("num_attention_heads", "3");
        config.put("num_key_value_heads", "1");
        config.put("num_hidden_layers", "" + LAYERS);
        config.put("vocab_size", "" + VOCAB);
        config.put("tie_word_embeddings", "true");
        quantization.put("quant_method", "\"bitnet\"");
        floats("model.embed_tokens.weight", VOCAB, HIDDEN);
        floats("model.norm.weight", HIDDEN);
        for (int i = 0; i < LAYERS; i++) {
            layer("model.layers." + i, subNorms);
        }
    }

    /** Packed, tied head; the scale divides. */
    public static TinyModel llama() {
        return new TinyModel(false);
    }

    /** Packed, tied head; the scale multiplies. */
    public static TinyModel bitnet() {
        return new TinyModel(true).quantization("linear_class", "\"autobitlinear\"");
    }

    /** Sets a field of config.json to a JSON value; null removes it. */
    public TinyModel config(String name, String json) {
        put(config, name, json);
        return this;
    }

    /** Sets a field of quantization_config to a JSON value; null removes it. */
    public TinyModel quantization(String name, String json) {
        put(quantization, name, json);
        return this;
    }

    /** Adds a floating point tensor of random values. */
    public TinyModel floats(String name, long... shape) {
        int count = 1;
        for (long dimension : shape) {
            count *= (int) dimension;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        tensors.bfloats(name, shape, values);
        return this;
    }

    /** Adds a packed module of n rows with its scale. */
    public TinyModel packed(String module, int n, int k) {
        byte[] codes = new byte[n / 4 * k];
        for (int i = 0; i < codes.length; i++) {
            for (int shift = 0; shift < 8; shift += 2) {
                codes[i] |= (byte) (random.nextInt(3) << shift);
            }
        }
        tensors.put(module + ".weight", "U8", new long[] {n / 4, k}, codes);
        tensors.bfloats(module + ".weight_scale", new long[] {1}, 0.5f + random.nextInt(4));
        return this;
    }

    /** Adds biases to all seven projections of each layer, and says so in the configuration. */
    public TinyModel biases() {
        for (int i = 0; i < LAYERS; i++) {
            String layer = "model.layers." + i;
            floats(layer + ".self_attn.q_proj.bias", HIDDEN);
            floats(layer + ".self_attn.k_proj.bias", KV);
            floats(layer + ".self_attn.v_proj.bias", KV);
            floats(layer + ".self_attn.o_proj.bias", HIDDEN);
            floats(layer + ".mlp.gate_proj.bias", INTERMEDIATE);
            floats(layer + ".mlp.up_proj.bias", INTERMEDIATE);
            floats(layer + ".mlp.down_proj.bias", HIDDEN);
        }
        return config("attention_bias", "true").config("mlp_bias", "true");
    }

    /** Makes heads wide enough for GroupQueryAttention, which takes multiples of 16; of a model without sub-norms. */
    public TinyModel wideHeads() {
        for (int i = 0; i < LAYERS; i++) {
            String attention = "model.layers." + i + ".self_attn.";
            packed(attention + "q_proj", 48, HIDDEN).packed(attention + "k_proj", 16, HIDDEN);
            packed(attention + "v_proj", 16, HIDDEN).packed(attention + "o_proj", HIDDEN, 48);
        }
        return config("head_dim", "16");
    }

    public String configJson() {
        Map<String, String> all = new LinkedHashMap<>(config);
        if (!quantization.isEmpty()) {
            all.put("quantization_config", json(quantization));
        }
        return json(all);
    }

    /** Writes config.json and model.safetensors. */
    public Path write(Path directory) {
        TestTensors.writeText(directory.resolve("config.json"), configJson());
        tensors.write(directory);
        return directory;
    }

    /** Exports it beside a checkpoint of its own, and holds its tensors to the same bytes when made in parts. */
    ModelProto export(Path folder, ExportOptions options) throws IOException {
        Path checkpoint = write(Files.createTempDirectory(folder, "checkpoint"));
        ExportResult result =
                ModelExporter.export(checkpoint, checkpoint.resolve("out"), options, ProgressListener.NONE);
        TensorUnits.assertSame(checkpoint, options);
        return ModelProto.parseFrom(Files.readAllBytes(result.model()));
    }

    private void layer(String name, boolean subNorms) {
        floats(name + ".input_layernorm.weight", HIDDEN);
        floats(name + ".post_attention_layernorm.weight", HIDDEN);
        if (subNorms) {
            floats(name + ".self_attn.attn_sub_norm.weight", HIDDEN);
            floats(name + ".mlp.ffn_sub_norm.weight", INTERMEDIATE);
        }
        packed(name + ".self_attn.q_proj", HIDDEN, HIDDEN);
        packed(name + ".self_attn.k_proj", KV, HIDDEN);
        packed(name + ".self_attn.v_proj", KV, HIDDEN);
        packed(name + ".self_attn.o_proj", HIDDEN, HIDDEN);
        packed(name + ".mlp.gate_proj", INTERMEDIATE, HIDDEN);
        packed(name + ".mlp.up_proj", INTERMEDIATE, HIDDEN);
        packed(name + ".mlp.down_proj", HIDDEN, INTERMEDIATE);
    }

    private static void put(Map<String, String> map, String name, String json) {
        if (json == null) {
            map.remove(name);
        } else {
            map.put(name, json);
        }
    }

    private static String json(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }
}
