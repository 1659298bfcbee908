package io.github.bitnetort.generate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the small JSON files of a model folder; whatever is wrong with one names the file. */
final class JsonFiles {
    private static final JsonMapper MAPPER = new JsonMapper();

    private JsonFiles() {}

    static JsonNode readObject(Path file) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(file + ": found no JSON (" + e.getOriginalMessage() + ")", e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException(file + ": found " + root.getNodeType() + ", wanted a JSON object");
        }
        return root;
    }
}
