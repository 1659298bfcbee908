package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as the tools that write checkpoints understand it. */
final class Json {
    /** As Python reads configurations: the last of several equal keys wins, NaN and Infinity are numbers. */
    private static final JsonMapper LENIENT = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** For lists of tensors, where two entries of one name are an attack or an accident. */
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Json() {}

    /** Reads a configuration file that must hold an object. */
    static JsonNode readConfig(Path file) throws IOException {
        byte[] text;
        try {
            text = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new ExportException(file + ": found no such file, wanted the model's " + file.getFileName(), e);
        }
        return object(file, "file", LENIENT, text);
    }

    /** Reads a list of tensors that must be an object without repeated keys. */
    static JsonNode readStrict(Path file, String what, byte[] text) {
        return object(file, what, STRICT, text);
    }

    private static JsonNode object(Path file, String what, JsonMapper mapper, byte[] text) {
        JsonNode node;
        try {
            node = mapper.readTree(text);
        } catch (JacksonException e) {
            throw new ExportException(file + ": " + what + ": found " + fault(e) + ", wanted a JSON object", e);
        }
        if (!node.isObject()) {
            throw ExportException.of(file, what, node.getNodeType(), "a JSON object");
        }
        return node;
    }

    /** What is wrong and where, without the parser's words on its own settings. */
    private static String fault(JacksonException e) {
        String what = e.getOriginalMessage().replaceFirst("(?s) \\(start marker at .*", "");
        return what + " at line " + e.getLocation().getLineNr() + ", column "
                + e.getLocation().getColumnNr();
    }
}
