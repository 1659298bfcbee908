package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {
    @TempDir
    Path folder;

    @Test
    void readsNumbersAndLists() throws IOException {
        write("config.json", "{\"eos_token_id\": 3, \"max_position_embeddings\": 512}");
        assertEquals(new ModelConfig(Set.of(3L), OptionalInt.of(512)), ModelConfig.read(folder));
        write("config.json", "{\"eos_token_id\": [3, 128009]}");
        assertEquals(new ModelConfig(Set.of(3L, 128009L), OptionalInt.empty()), ModelConfig.read(folder));
        write("config.json", "{\"eos_token_id\": null, \"max_position_embeddings\": null}");
        assertEquals(new ModelConfig(Set.of(), OptionalInt.empty()), ModelConfig.read(folder));
    }

    @Test
    void theGenerationConfigGoesFirst() throws IOException {
        write("config.json", "{\"eos_token_id\": 3}");
        write("generation_config.json", "{\"eos_token_id\": [1, 2]}");
        assertEquals(Set.of(1L, 2L), ModelConfig.read(folder).endOfSequenceIds());
        write("generation_config.json", "{}");
        assertEquals(Set.of(3L), ModelConfig.read(folder).endOfSequenceIds());
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"eos_token_id\": \"x\"}', 'eos_token_id: found \"x\", wanted a token id or a list of them'",
        "'{\"eos_token_id\": [1, -1]}', 'eos_token_id: found -1, wanted a token id or a list of them'",
        "'{\"eos_token_id\": 1.5}', 'eos_token_id: found 1.5, wanted a token id or a list of them'",
        "'{\"max_position_embeddings\": 0}', 'max_position_embeddings: found 0, wanted an integer, 1 or more'",
        "'[1]', 'found ARRAY, wanted a JSON object'",
        "'[1', 'found no JSON (Unexpected end-of-input: expected close marker for Array at line 1, column 3)'",
    })
    void whatIsWrongIsNamed(String json, String message) throws IOException {
        write("config.json", json);
        var error = assertThrows(IllegalArgumentException.class, () -> ModelConfig.read(folder));
        assertEquals(folder.resolve("config.json") + ": " + message, error.getMessage());
    }

    @Test
    void aMissingConfigIsNamed() {
        var error = assertThrows(IllegalArgumentException.class, () -> ModelConfig.read(folder));
        assertTrue(error.getMessage().startsWith(folder.resolve("config.json") + ": not found"), error::getMessage);
    }

    private void write(String file, String json) throws IOException {
        Files.writeString(folder.resolve(file), json);
    }
}
