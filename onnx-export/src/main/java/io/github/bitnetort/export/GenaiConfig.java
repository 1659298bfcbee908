package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Architecture;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * genai_config.json, as onnxruntime-genai reads it: where the graph's inputs and outputs are, its sizes, the op library,
 * and how to search. That runtime refuses fields that it does not know.
 */
final class GenaiConfig {
    static final String FILE_NAME = "genai_config.json";

    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path folder;
    private final ModelConfig config;
    private final JsonNode model;
    private final JsonNode generation;

    private GenaiConfig(Path folder, ModelConfig config) throws IOException {
        this.folder = folder;
        this.config = config;
        this.model = read("config.json");
        this.generation = read("generation_config.json");
    }

    /**
     * Writes the file.
     *
     * @param folder an export with the checkpoint's config.json and, where it has one, generation_config.json
     * @param library name of the op library's file in the same folder
     * @param sharedCache whether past and present may be one buffer
     * @throws ExportException where neither file says the end-of-sequence token
     */
    static void write(Path folder, ModelConfig config, String library, boolean sharedCache) throws IOException {
        ObjectNode settings = new GenaiConfig(folder, config).settings(library, sharedCache);
        Files.write(folder.resolve(FILE_NAME), JSON.writeValueAsBytes(settings));
    }

    private ObjectNode settings(String library, boolean sharedCache) {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode about = root.putObject("model");
        JsonNode eos = token("eos_token_id");
        if (eos == null) {
            throw ExportException.of(folder, "eos_token_id in config.json", "none", "a token id");
        }
        JsonNode bos = token("bos_token_id");
        if (bos != null) {
            about.set("bos_token_id", bos);
        }
        about.put("context_length", config.maxPositions());
        decoder(about.putObject("decoder"), library);
        about.set("eos_token_id", eos);
        JsonNode pad = token("pad_token_id");
        about.set("pad_token_id", pad != null ? pad : eos.isArray() ? eos.get(0) : eos);
        about.put("type", type());
        about.put("vocab_size", config.vocab());
        search(root.putObject("search"), sharedCache);
        return root;
    }

    private void decoder(ObjectNode decoder, String library) {
        ObjectNode options = decoder.putObject("session_options");
        options.put("log_id", "onnxruntime-genai");
        options.put("custom_ops_library", library);
        options.putArray("provider_options");
        decoder.put("filename", ModelExporter.MODEL_FILE);
        decoder.put("head_size", config.headDim());
        decoder.put("hidden_size", config.hidden());
        decoder.putObject("inputs")
                .put("input_ids", "input_ids")
                .put("attention_mask", "attention_mask")
                .put("past_key_names", "past_key_values.%d.key")
                .put("past_value_names", "past_key_values.%d.value");
        decoder.putObject("outputs")
                .put("logits", "logits")
                .put("present_key_names", "present.%d.key")
                .put("present_value_names", "present.%d.value");
        decoder.put("num_attention_heads", config.heads());
        decoder.put("num_hidden_layers", config.layers());
        decoder.put("num_key_value_heads", config.kvHeads());
    }

    /** What the checkpoint recommends, else greedy. */
    private void search(ObjectNode search, boolean sharedCache) {
        search.put("do_sample", generation.path("do_sample").asBoolean(false));
        search.put("max_length", config.maxPositions());
        search.put("min_length", 0);
        search.put("num_beams", 1);
        search.put("past_present_share_buffer", sharedCache);
        search.put("repetition_penalty", generation.path("repetition_penalty").asDouble(1));
        search.put("temperature", generation.path("temperature").asDouble(1));
        search.put("top_k", generation.path("top_k").asInt(50));
        search.put("top_p", generation.path("top_p").asDouble(1));
    }

    /** The runtime's name of a decoder with these inputs; BitNet's own it does not know. */
    private String type() {
        return config.architecture() == Architecture.LLAMA ? "llama" : "decoder";
    }

    /** An id, a list of ids, or null; generation_config.json goes before config.json. */
    private JsonNode token(String name) {
        JsonNode value = generation.path(name);
        if (value.isMissingNode() || value.isNull()) {
            value = model.path(name);
        }
        return value.isIntegralNumber() || value.isArray() && !value.isEmpty() ? value : null;
    }

    private JsonNode read(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createObjectNode();
    }
}
