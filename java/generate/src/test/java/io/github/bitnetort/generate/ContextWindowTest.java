package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the model sees, read from its next token, which depends on all tokens in its cache. */
class ContextWindowTest extends AbstractCountingModelTest {
    @ParameterizedTest
    @CsvSource({"3, 16, 0", "16, 16, 0", "17, 16, 4", "100, 16, 1", "700, 512, 3", "700, 300, 0", "5, 8, 4"})
    void theModelSeesItsLastTokens(int promptLength, int tokens, int keptFirst) throws Exception {
        ContextWindow window = ContextWindow.last(tokens).withKeptFirst(keptFirst);
        long[] prompt =
                new Random(1).longs(promptLength, 0, CountingModel.VOCAB).toArray();
        try (BitNetModel model = open(512);
                Generator generator = model.generator()) {
            GenerationResult result =
                    generator.generate(prompt, GenerationOptions.greedy(150).withWindow(window));
            assertEquals(StopReason.MAX_NEW_TOKENS, result.stopReason());
            assertArrayEquals(expected(prompt, 150, tokens, keptFirst), ids(result));
            assertEquals(promptLength, result.promptTokens());
            assertEquals(promptLength - window.forget(promptLength), result.readTokens());
        }
    }

    /** The rule, written down a second time. */
    private static long[] expected(long[] prompt, int count, int tokens, int keptFirst) {
        List<Long> visible = new ArrayList<>();
        for (long id : prompt) {
            visible.add(id);
        }
        long[] found = new long[count];
        for (int i = 0; i < count; i++) {
            if (visible.size() > tokens) {
                int forgotten = Math.max(visible.size() - tokens, (tokens - keptFirst) / 4);
                visible.subList(keptFirst, keptFirst + forgotten).clear();
                assertTrue(visible.size() <= tokens && visible.size() >= tokens * 3 / 4, "seen: " + visible.size());
            }
            long[] seen = visible.stream().mapToLong(Long::longValue).toArray();
            found[i] = CountingModel.continuation(seen, 1)[0];
            visible.add(found[i]);
        }
        return found;
    }

    @Test
    void badWindowsAreNamed() throws Exception {
        assertMessage("window: found 7 tokens, wanted 8 or more", () -> ContextWindow.last(7));
        assertMessage("window: found 0 tokens, wanted 8 or more", () -> ContextWindow.last(0));
        assertMessage(
                "window: found 9 tokens to keep, wanted 0 to half of the window, 8",
                () -> ContextWindow.last(16).withKeptFirst(9));
        try (BitNetModel model = open(20);
                Generator generator = model.generator()) {
            assertMessage(
                    "window: found 21 tokens, wanted at most 20 (max_position_embeddings)",
                    () -> generator.generate(
                            new long[] {1}, GenerationOptions.greedy(1).withWindow(ContextWindow.last(21))));
        }
    }

    private BitNetModel open(int positions) throws Exception {
        return open("{\"max_position_embeddings\": " + positions + "}");
    }

    private static void assertMessage(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
