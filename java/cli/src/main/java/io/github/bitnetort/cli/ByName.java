package io.github.bitnetort.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** An option's values by the names that users know them by. */
abstract class ByName<T> implements ITypeConverter<T> {
    private final Map<String, T> values = new LinkedHashMap<>();

    ByName(List<T> values, Function<T, String> name) {
        values.forEach(value -> this.values.put(name.apply(value), value));
    }

    @Override
    public final T convert(String name) {
        T value = values.get(name);
        if (value == null) {
            throw new TypeConversionException("found '" + name + "', wanted " + wanted());
        }
        return value;
    }

    /** "a, b or c". */
    private String wanted() {
        String names = String.join(", ", values.keySet());
        int last = names.lastIndexOf(", ");
        return last < 0 ? names : names.substring(0, last) + " or " + names.substring(last + 2);
    }
}
