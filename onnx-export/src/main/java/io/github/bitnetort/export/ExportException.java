package io.github.bitnetort.export;

import java.nio.file.Path;

/** Input that cannot be used. The message names the file or node, the tensor or field, what was found and wanted. */
public final class ExportException extends RuntimeException {
    private static final int LONGEST = 400;

    /** @param message names file or node, tensor or field, what was found and wanted */
    public ExportException(String message) {
        super(message);
    }

    /** @param message as above */
    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }

    /** "{@code where}: {@code what}: found {@code found}, wanted {@code wanted}". */
    public static ExportException of(Path where, String what, Object found, Object wanted) {
        return new ExportException(
                where + ": " + printable(what) + ": found " + printable(found) + ", wanted " + wanted);
    }

    /** What a file says, which may be of any length and hold control characters. */
    private static String printable(Object value) {
        String text = String.valueOf(value);
        String shown =
                text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "... (" + text.length() + " characters)";
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
