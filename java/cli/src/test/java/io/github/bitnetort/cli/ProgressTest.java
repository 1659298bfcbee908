package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void drawsABarForLongWorkOnATerminal() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);
                Progress progress = new Progress("export", terminal, Duration.ZERO)) {
            progress.progress("a", 1 << 20, 4 << 20);
            progress.progress("b", 4 << 20, 4 << 20);
        }
        String drawn = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(drawn.contains("export"), drawn);
        assertTrue(drawn.contains("100%"), drawn);
        assertTrue(drawn.contains("4/4 MiB"), drawn);
    }

    @Test
    void drawsNothingForShortWork() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream terminal = new PrintStream(bytes, true, StandardCharsets.UTF_8);
                Progress progress = new Progress("export", terminal, Duration.ofHours(1))) {
            progress.progress("a", 1, 1);
        }
        assertEquals(0, bytes.size());
    }

    @Test
    void drawsOnStandardErrorWhereThatIsATerminal() {
        String drawn = drawnOnStandardError("true");
        assertTrue(drawn.contains("export") && drawn.contains("100%"), drawn);
    }

    @Test
    void drawsNothingWhereThereIsNoTerminal() {
        assertEquals("", drawnOnStandardError("false"));
    }

    /** @param terminal what the launch script says of standard error */
    private static String drawnOnStandardError(String terminal) {
        PrintStream standardError = System.err;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        System.setProperty(Progress.TERMINAL_PROPERTY, terminal);
        try (Progress progress = Progress.of("export", Duration.ZERO)) {
            progress.progress("a", 1, 1);
        } finally {
            System.setErr(standardError);
            System.clearProperty(Progress.TERMINAL_PROPERTY);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
