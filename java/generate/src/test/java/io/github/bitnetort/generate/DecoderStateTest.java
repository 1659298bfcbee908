package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.FloatBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Batches, on a graph that copies its cache; the graph that shares it is tested end to end, as it needs a real model. */
class DecoderStateTest extends AbstractCountingModelTest {
    private static final int NEW_TOKENS = 20;

    @Test
    void rowsOfABatchContinueAsTheyWouldAlone() throws Exception {
        long[][] prompts = {{5, 9, 2, 300, 17}, {4, 8}, {1}};
        int longest = 5;
        try (BitNetModel model = open();
                DecoderState state = model.newState(prompts.length, longest + NEW_TOKENS)) {
            for (int round = 0; round < 2; round++) {
                state.clear();
                assertContinuations(state, prompts, longest);
            }
        }
    }

    /** Longer than a prefill run, so that the prompt is split. */
    @Test
    void longPromptsOfABatchAreTakenInPieces() throws Exception {
        int longest = 2 * DecoderState.PREFILL_CHUNK + 3;
        long[][] prompts = {new long[longest], new long[DecoderState.PREFILL_CHUNK]};
        for (int i = 0; i < longest; i++) {
            prompts[0][i] = i % CountingModel.VOCAB;
            prompts[1][i % prompts[1].length] = 7 * i % CountingModel.VOCAB;
        }
        try (BitNetModel model = open();
                DecoderState state = model.newState(prompts.length, longest + NEW_TOKENS)) {
            assertContinuations(state, prompts, longest);
        }
    }

    /** Asked before each run of 128 columns, not once for all of them. */
    @Test
    void promptsOfABatchCanBeCancelledBetweenTheirPieces() throws Exception {
        long[][] prompts = new long[2][3 * DecoderState.PREFILL_CHUNK];
        AtomicInteger asked = new AtomicInteger();
        try (BitNetModel model = open();
                DecoderState state = model.newState(2, prompts[0].length)) {
            assertNull(state.feed(prompts, new int[2], () -> asked.incrementAndGet() == 3));
            assertEquals(2 * DecoderState.PREFILL_CHUNK, state.length());
        }
    }

    @Test
    void whatIsForgottenCountsNoMoreAndWhatStaysDoes() throws Exception {
        long[] prompt = {5, 9, 2, 300, 17, 8, 1};
        try (BitNetModel model = open();
                DecoderState state = model.newState(1, 8)) {
            feed(state, prompt);
            state.truncate(3);
            assertEquals(3, state.length());
            assertNext(feed(state, 44), 5, 9, 2, 44);
            state.grow(20);
            assertEquals(20, state.capacity());
            assertNext(feed(state, 1, 2, 3, 4, 5, 6), 5, 9, 2, 44, 1, 2, 3, 4, 5, 6);
            state.truncate(0);
            assertNext(feed(state, 3), 3);
        }
    }

    @Test
    void moreThanTheCapacityIsRefusedAndTheCacheStays() throws Exception {
        try (BitNetModel model = open();
                DecoderState state = model.newState(1, 4)) {
            feed(state, 5, 9, 2);
            var error = assertThrows(IllegalArgumentException.class, () -> feed(state, 1, 1));
            assertEquals("KV cache: found 3 positions and 2 more, wanted at most its capacity, 4", error.getMessage());
            assertNext(feed(state, 7), 5, 9, 2, 7);
        }
    }

    private static void assertNext(FloatBuffer logits, long... sequence) {
        assertEquals(CountingModel.continuation(sequence, 1)[0], Sampler.argmax(logits));
    }

    private static void assertContinuations(DecoderState state, long[][] prompts, int longest) throws Exception {
        int batch = prompts.length;
        long[][] rows = new long[batch][longest];
        int[] padding = new int[batch];
        long[][] found = new long[batch][NEW_TOKENS];
        for (int row = 0; row < batch; row++) {
            padding[row] = longest - prompts[row].length;
            System.arraycopy(prompts[row], 0, rows[row], padding[row], prompts[row].length);
        }
        FloatBuffer logits = state.feed(rows, padding, () -> false);
        for (int step = 0; step < NEW_TOKENS; step++) {
            assertEquals(longest + step, state.length());
            long[][] next = new long[batch][1];
            for (int row = 0; row < batch; row++) {
                next[row][0] = Sampler.argmax(logits.slice(row * CountingModel.VOCAB, CountingModel.VOCAB));
                found[row][step] = next[row][0];
            }
            logits = step + 1 < NEW_TOKENS ? state.feed(next, new int[batch], () -> false) : null;
        }
        for (int row = 0; row < batch; row++) {
            assertArrayEquals(CountingModel.continuation(prompts[row], NEW_TOKENS), found[row], "row " + row);
        }
    }

    private static FloatBuffer feed(DecoderState state, long... tokens) throws Exception {
        return state.feed(tokens, () -> false);
    }
}
