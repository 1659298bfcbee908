package io.github.bitnetort.generate;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Functions that transformers gives to chat templates. Public because Jinjava calls them by reflection. */
public final class PythonFunctions {
    /** What Python's strftime has codes for, in Java's patterns. */
    private static final Map<Character, String> CODES = Map.ofEntries(
            Map.entry('a', "EEE"),
            Map.entry('A', "EEEE"),
            Map.entry('b', "MMM"),
            Map.entry('B', "MMMM"),
            Map.entry('d', "dd"),
            Map.entry('H', "HH"),
            Map.entry('I', "hh"),
            Map.entry('j', "DDD"),
            Map.entry('m', "MM"),
            Map.entry('M', "mm"),
            Map.entry('p', "a"),
            Map.entry('S', "ss"),
            Map.entry('y', "yy"),
            Map.entry('Y', "yyyy"));

    private PythonFunctions() {}

    /** A template's own complaint. */
    static final class Refusal extends RuntimeException {
        Refusal(String message) {
            super(message, null, false, false);
        }
    }

    /** What templates call {@code raise_exception}: they refuse a conversation with it. */
    public static String raiseException(String message) {
        throw new Refusal(message);
    }

    /** What templates call {@code strftime_now}: the local time by a format of Python's {@code strftime}. */
    public static String strftimeNow(String format) {
        return strftime(format, LocalDateTime.now());
    }

    static String strftime(String format, LocalDateTime time) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            char code = format.charAt(++i);
            if (code == '%') {
                text.append('%');
            } else if (CODES.containsKey(code)) {
                text.append(DateTimeFormatter.ofPattern(CODES.get(code), Locale.ENGLISH)
                        .format(time));
            } else {
                throw new Refusal("strftime_now: found %" + code + ", wanted one of % and " + CODES.keySet());
            }
        }
        return text.toString();
    }
}
