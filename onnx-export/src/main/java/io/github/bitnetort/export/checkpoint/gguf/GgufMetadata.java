package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** A file's keys and values, by type; a wrong type is an error that names file and key. */
final class GgufMetadata {
    private final Path file;
    private final Map<String, Object> values;

    GgufMetadata(Path file, Map<String, Object> values) {
        this.file = file;
        this.values = Map.copyOf(values);
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Optional<String> text(String key) {
        return get(key, String.class, "a string");
    }

    Optional<Boolean> flag(String key) {
        return get(key, Boolean.class, "true or false");
    }

    /** An integer of 0 or more that fits an int. */
    OptionalInt integer(String key) {
        Optional<Long> value = get(key, Long.class, "an integer");
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (value.get() < 0 || value.get() > Integer.MAX_VALUE) {
            throw bad(key, Long.toUnsignedString(value.get()), "0.." + Integer.MAX_VALUE);
        }
        return OptionalInt.of(value.get().intValue());
    }

    /** A finite number. */
    OptionalDouble number(String key) {
        Optional<Number> value = get(key, Number.class, "a number");
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (!Double.isFinite(value.get().doubleValue())) {
            throw bad(key, value.get(), "a finite number");
        }
        return OptionalDouble.of(value.get().doubleValue());
    }

    /** A list of which all elements are of that class. */
    <T> Optional<List<T>> list(String key, Class<T> type) {
        Optional<List<?>> value = get(key, List.class, "a list").map(list -> (List<?>) list);
        value.ifPresent(list -> list.forEach(element -> {
            if (!type.isInstance(element)) {
                throw bad(key, "an element " + element, "a list of " + type.getSimpleName());
            }
        }));
        @SuppressWarnings("unchecked")
        Optional<List<T>> checked = value.map(list -> (List<T>) list);
        return checked;
    }

    ExportException bad(String key, Object found, Object wanted) {
        return ExportException.of(file, "metadata " + key, found, wanted);
    }

    private <T> Optional<T> get(String key, Class<T> type, String wanted) {
        Object value = values.get(key);
        if (value != null && !type.isInstance(value)) {
            throw bad(key, value, wanted);
        }
        return Optional.ofNullable(type.cast(value));
    }
}
