package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Typed access to one JSON object; null counts as absent, a wrong type is an error that names file and field. */
record JsonFields(Path file, String prefix, JsonNode node) {
    boolean has(String name) {
        return present(name) != null;
    }

    /** The object of that name, or null. */
    JsonFields object(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.isObject()) {
            throw bad(name, value, "an object");
        }
        return new JsonFields(file, prefix + name + ".", value);
    }

    /** An integer of at least 1 that fits an int. */
    int positive(String name, int absent) {
        JsonNode value = present(name);
        if (value == null) {
            return absent;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw bad(name, value, "an integer 1.." + Integer.MAX_VALUE);
        }
        return value.intValue();
    }

    /** A finite number above zero. */
    double positiveNumber(String name, double absent) {
        JsonNode value = present(name);
        if (value == null) {
            return absent;
        }
        if (!value.isNumber() || !Double.isFinite(value.doubleValue()) || value.doubleValue() <= 0) {
            throw bad(name, value, "a finite number > 0");
        }
        return value.doubleValue();
    }

    boolean flag(String name, boolean absent) {
        JsonNode value = present(name);
        if (value == null) {
            return absent;
        }
        if (!value.isBoolean()) {
            throw bad(name, value, "true or false");
        }
        return value.booleanValue();
    }

    String text(String name, String absent) {
        JsonNode value = present(name);
        if (value == null) {
            return absent;
        }
        if (!value.isString()) {
            throw bad(name, value, "a string");
        }
        return value.stringValue();
    }

    /** The strings of a list, or null. */
    List<String> texts(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        if (!value.isArray()) {
            throw bad(name, value, "a list of strings");
        }
        for (JsonNode element : value) {
            if (!element.isString()) {
                throw bad(name, value, "a list of strings");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    ExportException bad(String name, Object found, Object wanted) {
        return ExportException.of(file, prefix + name, found == null ? "none" : found, wanted);
    }

    private JsonNode present(String name) {
        JsonNode value = node.get(name);
        return value == null || value.isNull() ? null : value;
    }
}
