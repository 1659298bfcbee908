package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches, on a graph that copies its cache; the graph that shares it is tested end to end, as it needs a real model. */
class DecoderStateTest {
    private static final int NEW_TOKENS = 20;

    @TempDir
    Path folder;

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

    private static void assertContinuations(DecoderState state, long[][] prompts, int longest) throws Exception {
        int batch = prompts.length;
        long[][] rows = new long[batch][longest];
        int[] padding = new int[batch];
        long[][] found = new long[batch][NEW_TOKENS];
        for (int row = 0; row < batch; row++) {
            padding[row] = longest - prompts[row].length;
            System.arraycopy(prompts[row], 0, rows[row], padding[row], prompts[row].length);
        }
        FloatBuffer logits = state.feed(rows, padding);
        for (int step = 0; step < NEW_TOKENS; step++) {
            assertEquals(longest + step, state.length());
            long[][] next = new long[batch][1];
            for (int row = 0; row < batch; row++) {
                next[row][0] = Sampler.argmax(logits.slice(row * CountingModel.VOCAB, CountingModel.VOCAB));
                found[row][step] = next[row][0];
            }
            logits = step + 1 < NEW_TOKENS ? state.feed(next, new int[batch]) : null;
        }
        for (int row = 0; row < batch; row++) {
            assertArrayEquals(CountingModel.continuation(prompts[row], NEW_TOKENS), found[row], "row " + row);
        }
    }

    private BitNetModel open() throws Exception {
        CountingModel.write(folder, "{}");
        return BitNetModel.open(
                folder, ModelOptions.defaults().withThreads(1).withEngine(ModelOptions.Engine.PORTABLE));
    }
}
