package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.ModelOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.json.JsonMapper;

/** The head reads all of its weights for a row of logits, however few: a long prompt needs the last row alone. */
class PromptLogitsTest {
    private static final int VOCAB = 2048;

    @TempDir
    Path folder;

    @Test
    void chunksBeforeTheLastHaveNone() throws Exception {
        ModelOptions options = ModelOptions.defaults().withProfile(folder.resolve("p"));
        try (BitNetModel model = BitNetModel.open(new Fixture("kjv-bitnet").exported(), options);
                Generator generator = model.generator()) {
            long[] prompt = LongStream.range(0, 300).toArray();
            generator.generate(prompt, GenerationOptions.greedy(1), (id, text) -> true);
            assertEquals(List.of(0, 0, 1), rowsOfLogits(model.endProfiling()));
        }
    }

    private static List<Integer> rowsOfLogits(Path profile) throws Exception {
        try (MappingIterator<JsonNode> events =
                new JsonMapper().readerFor(JsonNode.class).readValues(profile.toFile())) {
            return events.readAll().stream()
                    .flatMap(event ->
                            event.path("args").path("output_type_shape").valueStream())
                    .map(output -> output.path("float"))
                    .filter(shape -> shape.size() == 3 && shape.get(2).asInt() == VOCAB)
                    .map(shape -> shape.get(1).asInt())
                    .toList();
        }
    }
}
