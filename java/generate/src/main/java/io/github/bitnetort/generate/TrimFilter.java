package io.github.bitnetort.generate;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;

/** Strips what is whitespace to Python; Java's {@code trim} takes control characters too. */
final class TrimFilter implements Filter {
    @Override
    public String getName() {
        return "trim";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, String... arguments) {
        return value == null ? "" : PythonMethods.strip(value.toString(), null, true, true);
    }
}
