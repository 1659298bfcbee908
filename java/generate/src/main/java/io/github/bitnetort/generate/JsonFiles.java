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
            throw new IllegalArgumentException(file + ": found no JSON (" + fault(e) + ")", e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException(file + ": found " + root.getNodeType() + ", wanted a JSON object");
        }
        return root;
    }

    /** What is wrong and where, without the parser's words on its own settings. */
    private static String fault(JacksonException e) {
        String what = e.getOriginalMessage().replaceFirst("(?s) \\(start marker at .*", "");
        return what + " at line " + e.getLocation().getLineNr() + ", column "
                + e.getLocation().getColumnNr();
    }
}
