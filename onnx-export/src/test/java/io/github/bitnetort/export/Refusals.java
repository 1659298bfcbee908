package io.github.bitnetort.export;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Expects refusals whose message says enough. */
public final class Refusals {
    private Refusals() {}

    /** The call is refused, and the message holds all the parts. */
    public static void assertRefused(Executable call, String... parts) {
        String message = assertThrows(ExportException.class, call).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "\"" + part + "\" is not in \"" + message + "\"");
        }
    }
}
