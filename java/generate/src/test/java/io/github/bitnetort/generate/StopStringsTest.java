package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    @Test
    void holdsBackWhatMayBecomeAStop() {
        StopStrings stops = new StopStrings(List.of("\n\nUser:", "END"));
        assertEquals("hello", stops.accept("hello\n"));
        assertEquals("", stops.accept("\nUs"));
        assertEquals("\n\nUse", stops.accept("eE"));
        assertEquals("EN ", stops.accept("N "));
        assertEquals("", stops.accept("\n\nUser"));
        assertFalse(stops.stopped());
        assertEquals("", stops.accept(": more"));
        assertTrue(stops.stopped());
        assertEquals("", stops.accept("ignored"));
        assertEquals("", stops.rest());
    }

    @Test
    void givesTheRestWhenNoStopCame() {
        StopStrings stops = new StopStrings(List.of("END"));
        assertEquals("the ", stops.accept("the EN"));
        assertEquals("EN", stops.rest());
        assertEquals("", stops.rest());
    }

    @Test
    void takesTheFirstStopInThePiece() {
        StopStrings stops = new StopStrings(List.of("late", "so"));
        assertEquals("a ", stops.accept("a so b late"));
        assertTrue(stops.stopped());
    }

    @Test
    void withoutStopsEverythingPasses() {
        StopStrings stops = new StopStrings(List.of());
        assertEquals("a", stops.accept("a"));
        assertEquals("", stops.rest());
    }
}
