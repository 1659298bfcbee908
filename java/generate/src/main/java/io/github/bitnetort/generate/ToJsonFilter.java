package io.github.bitnetort.generate;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.AdvancedFilter;
import java.util.Collection;
import java.util.Map;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as Python's {@code json.dumps} writes it: a space after comma and colon, nothing escaped that need not be. */
final class ToJsonFilter implements AdvancedFilter {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE).build();

    @Override
    public String getName() {
        return "tojson";
    }

    @Override
    public Object filter(Object value, JinjavaInterpreter interpreter, Object[] arguments, Map<String, Object> named) {
        Object indent = named.get("indent");
        StringBuilder out = new StringBuilder();
        write(value, indent == null ? -1 : ((Number) indent).intValue(), 0, out);
        return out.toString();
    }

    private static void write(Object value, int indent, int depth, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            Separator separator = new Separator('{', '}', indent, depth, out);
            map.forEach((key, item) -> {
                separator.next();
                out.append(MAPPER.writeValueAsString(String.valueOf(key))).append(": ");
                write(item, indent, depth + 1, out);
            });
            separator.end();
        } else if (value instanceof Collection<?> list) {
            Separator separator = new Separator('[', ']', indent, depth, out);
            list.forEach(item -> {
                separator.next();
                write(item, indent, depth + 1, out);
            });
            separator.end();
        } else if (value instanceof Number || value instanceof Boolean || value == null) {
            out.append(value);
        } else {
            out.append(MAPPER.writeValueAsString(value.toString()));
        }
    }

    /** Brackets, commas and line breaks of one list or object. */
    private static final class Separator {
        private final char close;
        private final int indent;
        private final int depth;
        private final StringBuilder out;
        private boolean empty = true;

        Separator(char open, char close, int indent, int depth, StringBuilder out) {
            this.close = close;
            this.indent = indent;
            this.depth = depth;
            this.out = out.append(open);
        }

        void next() {
            out.append(empty ? "" : indent < 0 ? ", " : ",");
            empty = false;
            line(depth + 1);
        }

        void end() {
            if (!empty) {
                line(depth);
            }
            out.append(close);
        }

        private void line(int level) {
            if (indent >= 0) {
                out.append('\n').append(" ".repeat(indent * level));
            }
        }
    }
}
