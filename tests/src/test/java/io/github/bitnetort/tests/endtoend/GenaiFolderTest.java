package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.runtime.BitNetOps;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A folder made for onnxruntime-genai, run by nothing but what its genai_config.json says, as that runtime does it: the
 * library out of the folder, one buffer for past and present of the full length, names made of templates.
 */
class GenaiFolderTest {
    private static final int STEPS = 16;

    @Test
    void greedyTokensAreTheReferences() throws Exception {
        // In this process first, so that closing the session options does not unload the copy's code while it is used.
        Path folder = Fixture.TRAINED.exported("-genai", ExportOptions.DEFAULT.withGenai(BitNetOps.getLibraryPath()));
        JsonNode settings = JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("genai_config.json")));
        JsonNode decoder = settings.path("model").path("decoder");
        assertTrue(settings.path("search").path("past_present_share_buffer").booleanValue());
        Path library = folder.resolve(
                decoder.path("session_options").path("custom_ops_library").stringValue());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (References references = Fixture.TRAINED.references();
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.registerCustomOpLibrary(library.toAbsolutePath().toString());
            try (OrtSession session = environment.createSession(
                    folder.resolve(decoder.path("filename").stringValue()).toString(), options)) {
                long[] prompt = references.longs("prompt0.input_ids");
                long[] wanted = Arrays.copyOf(references.longs("prompt0.greedy.f32"), STEPS);
                assertEquals(
                        Arrays.stream(wanted).boxed().toList(),
                        greedy(environment, session, settings.path("model"), prompt));
            }
        }
    }

    private static List<Long> greedy(OrtEnvironment environment, OrtSession session, JsonNode model, long[] prompt)
            throws OrtException {
        JsonNode decoder = model.path("decoder");
        Map<String, OnnxTensor> past = new HashMap<>();
        Map<String, OnnxTensor> present = new HashMap<>();
        for (int layer = 0; layer < decoder.path("num_hidden_layers").intValue(); layer++) {
            for (String part : List.of("key", "value")) {
                OnnxTensor cache = cache(environment, model);
                past.put(name(decoder, "inputs", "past_" + part + "_names", layer), cache);
                present.put(name(decoder, "outputs", "present_" + part + "_names", layer), cache);
            }
        }
        List<Long> tokens = new ArrayList<>();
        long[] next = prompt;
        int total = 0;
        while (tokens.size() < STEPS) {
            total += next.length;
            long[] mask = new long[total];
            Arrays.fill(mask, 1);
            Map<String, OnnxTensor> inputs = new HashMap<>(past);
            inputs.put(name(decoder, "inputs", "input_ids", 0), longs(environment, next));
            inputs.put(name(decoder, "inputs", "attention_mask", 0), longs(environment, mask));
            String logits = name(decoder, "outputs", "logits", 0);
            try (OrtSession.Result result = session.run(inputs, Set.of(logits), present)) {
                next = new long[] {argmax(((OnnxTensor) result.get(logits).orElseThrow()).getFloatBuffer(), model)};
            }
            tokens.add(next[0]);
        }
        past.values().forEach(OnnxTensor::close);
        return tokens;
    }

    private static OnnxTensor cache(OrtEnvironment environment, JsonNode model) throws OrtException {
        JsonNode decoder = model.path("decoder");
        long[] shape = {
            1,
            decoder.path("num_key_value_heads").intValue(),
            model.path("context_length").intValue(),
            decoder.path("head_size").intValue()
        };
        int floats = (int) (shape[1] * shape[2] * shape[3]);
        FloatBuffer buffer = ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        return OnnxTensor.createTensor(environment, buffer, shape);
    }

    private static String name(JsonNode decoder, String side, String field, int layer) {
        return String.format(decoder.path(side).path(field).stringValue(), layer);
    }

    private static OnnxTensor longs(OrtEnvironment environment, long[] values) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), new long[] {1, values.length});
    }

    /** Of the last position. */
    private static int argmax(FloatBuffer logits, JsonNode model) {
        int vocabulary = model.path("vocab_size").intValue();
        int last = logits.remaining() - vocabulary;
        int best = 0;
        for (int i = 1; i < vocabulary; i++) {
            best = logits.get(last + i) > logits.get(last + best) ? i : best;
        }
        return best;
    }
}
