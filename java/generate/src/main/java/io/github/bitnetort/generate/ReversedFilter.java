package io.github.bitnetort.generate;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** A list or text backwards: Python's {@code [::-1]}. */
final class ReversedFilter implements Filter {
    static final String NAME = "bitnet_reversed";

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
        if (value instanceof Collection<?> collection) {
            List<Object> list = new ArrayList<>(collection);
            Collections.reverse(list);
            return list;
        }
        return value == null
                ? null
                : new StringBuilder(value.toString()).reverse().toString();
    }
}
