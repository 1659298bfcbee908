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
    void drawsNothingWhereThereIsNoTerminal() {
        try (Progress progress = new Progress("export", null, Duration.ZERO)) {
            progress.progress("a", 1, 1);
        }
    }
}
