package io.github.bitnetort.export;

import java.nio.file.Path;

/** Input that cannot be used. The message names the file or node, the tensor or field, what was found and wanted. */
public final class ExportException extends RuntimeException {
    public ExportException(String message) {
        super(message);
    }

    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }

    /** "{@code where}: {@code what}: found {@code found}, wanted {@code wanted}". */
    public static ExportException of(Path where, String what, Object found, Object wanted) {
        return new ExportException(where + ": " + what + ": found " + found + ", wanted " + wanted);
    }
}
