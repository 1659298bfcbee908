package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.onnx.ModelProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class GenaiFolderTest {
    /**
     * The fields of each object that onnxruntime-genai's own parser knows (its src/config.cpp, November 2026; it throws
     * at any other), as far as a decoder has them.
     */
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "",
            Set.of("model", "search", "engine"),
            "model",
            Set.of(
                    "type",
                    "pad_token_id",
                    "eos_token_id",
                    "bos_token_id",
                    "sep_token_id",
                    "decoder_start_token_id",
                    "vocab_size",
                    "context_length",
                    "decoder"),
            "model.decoder",
            Set.of(
                    "session_options",
                    "run_options",
                    "filename",
                    "hidden_size",
                    "num_attention_heads",
                    "num_key_value_heads",
                    "num_hidden_layers",
                    "head_size",
                    "inputs",
                    "outputs",
                    "sliding_window"),
            "model.decoder.inputs",
            Set.of("input_ids", "attention_mask", "position_ids", "past_key_names", "past_value_names"),
            "model.decoder.outputs",
            Set.of("logits", "present_key_names", "present_value_names"),
            "search",
            Set.of(
                    "max_length",
                    "min_length",
                    "batch_size",
                    "num_beams",
                    "num_return_sequences",
                    "top_k",
                    "top_p",
                    "temperature",
                    "repetition_penalty",
                    "length_penalty",
                    "no_repeat_ngram_size",
                    "diversity_penalty",
                    "random_seed",
                    "do_sample",
                    "past_present_share_buffer",
                    "early_stopping"));

    private static final String LIBRARY = "libbitmatmul.so";

    @TempDir
    private Path folder;

    @Test
    void everyFieldIsOneThatTheRuntimeKnows() throws IOException {
        JsonNode settings = settings(export(model()));
        KNOWN.forEach((path, known) -> {
            JsonNode object = settings;
            for (String name : path.isEmpty() ? new String[0] : path.split("\\.")) {
                object = object.path(name);
            }
            Set<String> unknown = new TreeSet<>(object.propertyNames());
            assertFalse(unknown.isEmpty(), path);
            unknown.removeAll(known);
            assertEquals(Set.of(), unknown, path);
        });
    }

    @Test
    void namesAreThoseOfTheGraph() throws IOException {
        Path output = export(model());
        JsonNode decoder = settings(output).path("model").path("decoder");
        ModelProto model = ModelProto.parseFrom(
                Files.readAllBytes(output.resolve(decoder.path("filename").stringValue())));
        Set<String> inputs = names(model.getGraph().getInputList());
        Set<String> outputs = names(model.getGraph().getOutputList());
        assertEquals(TinyModel.LAYERS, decoder.path("num_hidden_layers").intValue());
        assertEquals(inputs, names(decoder.path("inputs"), TinyModel.LAYERS));
        assertEquals(outputs, names(decoder.path("outputs"), TinyModel.LAYERS));
    }

    @Test
    void sizesTokensAndSearchAreTheCheckpoints() throws IOException {
        JsonNode settings = settings(export(model()));
        JsonNode about = settings.path("model");
        assertEquals("decoder", about.path("type").stringValue());
        assertEquals(TinyModel.VOCAB, about.path("vocab_size").intValue());
        assertEquals(77, about.path("context_length").intValue());
        assertEquals("[3,4]", about.path("eos_token_id").toString());
        assertEquals(2, about.path("bos_token_id").intValue());
        assertEquals(3, about.path("pad_token_id").intValue());
        assertEquals(77, settings.path("search").path("max_length").intValue());
        assertFalse(settings.path("search").path("past_present_share_buffer").booleanValue());
        assertFalse(settings.path("search").path("do_sample").booleanValue());
        assertEquals(
                "llama",
                settings(export(TinyModel.llama().config("eos_token_id", "3")))
                        .path("model")
                        .path("type")
                        .stringValue());
    }

    @Test
    void theLibraryIsInTheFolder() throws IOException {
        Path output = export(model());
        assertEquals(
                LIBRARY,
                settings(output)
                        .path("model")
                        .path("decoder")
                        .path("session_options")
                        .path("custom_ops_library")
                        .stringValue());
        assertEquals("library", Files.readString(output.resolve(LIBRARY)));
        assertTrue(ModelExporter.export(
                        output.getParent(), output, ExportOptions.DEFAULT.withOverwrite(true), ProgressListener.NONE)
                .copied()
                .stream()
                .noneMatch(LIBRARY::equals));
        assertFalse(Files.exists(output.resolve(LIBRARY)));
    }

    @Test
    void whatIsMissingIsNamedAndNothingIsLeft() throws IOException {
        Path checkpoint = TinyModel.bitnet().write(Files.createTempDirectory(folder, "checkpoint"));
        Path library = Files.writeString(folder.resolve(LIBRARY), "library");
        Path output = folder.resolve("out");
        assertRefused(() -> export(checkpoint, output, library), "eos_token_id", "found none, wanted a token id");
        Path foreign = Files.writeString(folder.resolve("other.so"), "library");
        assertRefused(() -> export(checkpoint, output, foreign), "op library: found other.so, wanted one of");
        assertFalse(Files.exists(output));
    }

    private static TinyModel model() {
        return TinyModel.bitnet()
                .config("eos_token_id", "[3, 4]")
                .config("bos_token_id", "2")
                .config("max_position_embeddings", "77");
    }

    private Path export(TinyModel model) throws IOException {
        Path checkpoint = model.write(Files.createTempDirectory(folder, "checkpoint"));
        Path library = Files.writeString(folder.resolve(LIBRARY), "library");
        return export(checkpoint, checkpoint.resolve("out"), library);
    }

    private static Path export(Path checkpoint, Path output, Path library) throws IOException {
        ModelExporter.export(checkpoint, output, ExportOptions.DEFAULT.withGenai(library), ProgressListener.NONE);
        return output;
    }

    private static JsonNode settings(Path output) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(output.resolve("genai_config.json")));
    }

    private static Set<String> names(List<ValueInfoProto> values) {
        Set<String> names = new TreeSet<>();
        values.forEach(value -> names.add(value.getName()));
        return names;
    }

    private static Set<String> names(JsonNode templates, int layers) {
        Set<String> names = new TreeSet<>();
        for (JsonNode template : templates) {
            for (int layer = 0; layer < layers; layer++) {
                names.add(String.format(template.stringValue(), layer));
            }
        }
        return names;
    }
}
