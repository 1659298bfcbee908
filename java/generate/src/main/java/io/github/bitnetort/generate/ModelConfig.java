package io.github.bitnetort.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What generation needs to know of a model beyond its graph.
 *
 * @param endOfSequenceIds tokens that end a text: {@code eos_token_id} of {@code generation_config.json}, or where that
 *     says nothing of {@code config.json}; a number or a list
 * @param maxPositions {@code max_position_embeddings} of {@code config.json}: prompt and new tokens together
 */
public record ModelConfig(Set<Long> endOfSequenceIds, OptionalInt maxPositions) {
    private static final String CONFIG = "config.json";
    private static final String GENERATION_CONFIG = "generation_config.json";
    private static final String EOS = "eos_token_id";
    private static final String MAX_POSITIONS = "max_position_embeddings";

    /** Copies the set. */
    public ModelConfig {
        endOfSequenceIds = Set.copyOf(endOfSequenceIds);
    }

    /** The most positions that a sequence may take. */
    int positions() {
        return maxPositions.orElse(Integer.MAX_VALUE);
    }

    /**
     * @throws IllegalArgumentException when {@code config.json} is missing or holds something else than wanted
     */
    static ModelConfig read(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException(file + ": not found, wanted the model's configuration beside its graph");
        }
        JsonNode config = JsonFiles.readObject(file);
        Set<Long> ids = Set.of();
        Path generation = folder.resolve(GENERATION_CONFIG);
        if (Files.exists(generation)) {
            ids = ids(generation, JsonFiles.readObject(generation).path(EOS));
        }
        return new ModelConfig(ids.isEmpty() ? ids(file, config.path(EOS)) : ids, positions(file, config));
    }

    private static OptionalInt positions(Path file, JsonNode config) {
        JsonNode value = config.path(MAX_POSITIONS);
        if (value.isMissingNode() || value.isNull()) {
            return OptionalInt.empty();
        }
        if (!value.isInt() || value.asInt() < 1) {
            throw wanted(file, MAX_POSITIONS, value, "an integer, 1 or more");
        }
        return OptionalInt.of(value.asInt());
    }

    private static Set<Long> ids(Path file, JsonNode value) {
        Set<Long> ids = new LinkedHashSet<>();
        if (value.isArray()) {
            value.forEach(id -> ids.add(id(file, id)));
        } else if (!value.isMissingNode() && !value.isNull()) {
            ids.add(id(file, value));
        }
        return ids;
    }

    private static long id(Path file, JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw wanted(file, EOS, value, "a token id or a list of them");
        }
        return value.asLong();
    }

    private static IllegalArgumentException wanted(Path file, String key, JsonNode found, String wanted) {
        return new IllegalArgumentException(file + ": " + key + ": found " + found + ", wanted " + wanted);
    }
}
