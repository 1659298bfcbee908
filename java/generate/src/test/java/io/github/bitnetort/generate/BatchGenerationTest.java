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
import org.junit.jupiter.params.provider.ValueSource;

/** On a model whose next token depends on all tokens that it has seen, padding and rows of others not among them. */
class BatchGenerationTest extends AbstractCountingModelTest {
    private static final int SEED = 9;
    private static final BatchListener SILENT = (row, id, text) -> true;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everyRowGoesOnAsItsPromptWouldAlone(int batch) throws Exception {
        long[][] prompts = prompts(batch);
        GenerationOptions[] ways = {
            GenerationOptions.greedy(30),
            GenerationOptions.greedy(30)
                    .withSampling(SamplingOptions.temperature(20, SEED).withRepetitionPenalty(1.1))
        };
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            for (GenerationOptions options : ways) {
                List<List<Long>> heard = new ArrayList<>();
                for (int row = 0; row < batch; row++) {
                    heard.add(new ArrayList<>());
                }
                List<GenerationResult> results = generator.generateBatch(prompts, options, (row, id, text) -> {
                    heard.get(row).add(id);
                    return true;
                });
                for (int row = 0; row < batch; row++) {
                    SamplingOptions own =
                            options.sampling().withSeed(options.sampling().seed() + row);
                    GenerationResult alone = generator.generate(prompts[row], options.withSampling(own));
                    assertEquals(alone.tokenIds(), results.get(row).tokenIds(), "row " + row + ", seed " + SEED);
                    assertEquals(alone.tokenIds(), heard.get(row));
                    assertEquals(prompts[row].length, results.get(row).promptTokens());
                    assertEquals(prompts[row].length, results.get(row).readTokens());
                    assertEquals(StopReason.MAX_NEW_TOKENS, results.get(row).stopReason());
                }
            }
        }
    }

    /** Rows end at different steps: a row in the middle, then the last, then the first. */
    @Test
    void aRowEndsAndTheOthersGoOn() throws Exception {
        long[][] prompts = prompts(4);
        int[] steps = {17, 3, 40, 9};
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            int[] heard = new int[4];
            List<GenerationResult> results = generator.generateBatch(
                    prompts, GenerationOptions.greedy(40), (row, id, text) -> ++heard[row] < steps[row]);
            for (int row = 0; row < 4; row++) {
                assertArrayEquals(
                        CountingModel.continuation(prompts[row], steps[row]), ids(results.get(row)), "row " + row);
                assertEquals(StopReason.LISTENER, results.get(row).stopReason());
            }
        }
    }

    @Test
    void endOfSequenceIsEachRowsOwn() throws Exception {
        long[][] prompts = prompts(3);
        long end = CountingModel.continuation(prompts[1], 5)[4];
        try (BitNetModel model = open("{\"eos_token_id\": " + end + "}");
                Generator generator = model.generator()) {
            List<GenerationResult> results = generator.generateBatch(prompts, GenerationOptions.greedy(50), SILENT);
            assertTrue(results.get(1).tokenIds().size() <= 4);
            for (int row = 0; row < 3; row++) {
                GenerationResult alone = generator.generate(prompts[row], GenerationOptions.greedy(50));
                assertEquals(alone.tokenIds(), results.get(row).tokenIds(), "row " + row);
                assertEquals(alone.stopReason(), results.get(row).stopReason(), "row " + row);
            }
        }
    }

    /** The longest prompt takes the positions first; the others still have all of theirs. */
    @Test
    void everyRowHasAllPositions() throws Exception {
        long[][] prompts = {
            prompts(1)[0], new Random(SEED).longs(30, 0, CountingModel.VOCAB).toArray(), {4}
        };
        try (BitNetModel model = open("{\"max_position_embeddings\": 40}");
                Generator generator = model.generator()) {
            List<GenerationResult> results = generator.generateBatch(prompts, GenerationOptions.greedy(1000), SILENT);
            for (int row = 0; row < 3; row++) {
                int count = 40 + 1 - prompts[row].length;
                assertArrayEquals(CountingModel.continuation(prompts[row], count), ids(results.get(row)), "row " + row);
                assertEquals(StopReason.CONTEXT_FULL, results.get(row).stopReason());
            }
        }
    }

    @Test
    void textsStopAtStopStringsEachByItself() throws Exception {
        Tokenizers.write(folder, Tokenizers.NO_BOS);
        List<String> prompts = List.of("hi", "there", "x");
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            String stop = generator
                    .generate("there", GenerationOptions.greedy(30))
                    .text()
                    .substring(8, 10);
            GenerationOptions options = GenerationOptions.greedy(30).withStopStrings(stop);
            StringBuilder[] streamed = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
            List<GenerationResult> results = generator.generateBatch(prompts, options, new BatchListener() {
                @Override
                public boolean onToken(int row, long id, String text) {
                    streamed[row].append(text);
                    return true;
                }

                @Override
                public void onEnd(int row, String text) {
                    streamed[row].append(text);
                }
            });
            assertEquals(StopReason.STOP_STRING, results.get(1).stopReason());
            for (int row = 0; row < 3; row++) {
                assertEquals(
                        generator.generate(prompts.get(row), options).text(),
                        results.get(row).text());
                assertEquals(results.get(row).text(), streamed[row].toString());
            }
        }
    }

    @Test
    void cancellationEndsAllRows() throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            Cancellation cancellation = new Cancellation();
            GenerationOptions options = GenerationOptions.greedy(1000).withCancellation(cancellation);
            List<GenerationResult> results = generator.generateBatch(prompts(3), options, (row, id, text) -> {
                cancellation.cancel();
                return true;
            });
            results.forEach(result -> assertEquals(StopReason.CANCELLED, result.stopReason()));
            results.forEach(result -> assertEquals(1, result.tokenIds().size()));
            results = generator.generateBatch(prompts(3), options, SILENT);
            results.forEach(result -> assertEquals(StopReason.CANCELLED, result.stopReason()));
            results.forEach(result -> assertEquals(0, result.tokenIds().size()));
            results.forEach(result -> assertEquals(0, result.readTokens()));
        }
    }

    @Test
    void badArgumentsAreNamed() throws Exception {
        try (BitNetModel model = open("{\"max_position_embeddings\": 20}");
                Generator generator = model.generator()) {
            GenerationOptions one = GenerationOptions.greedy(1);
            assertMessage("prompts: found none, wanted 1 or more", generator, new long[0][], one);
            assertMessage(
                    "prompt 1: prompt: found no tokens, wanted 1 or more", generator, new long[][] {{1}, {}}, one);
            assertMessage("prompt 1: token 0: found id 301, wanted 0..300", generator, new long[][] {{1}, {301}}, one);
            assertMessage(
                    "prompt 0: sequence: found 21 tokens, wanted at most 20 (max_position_embeddings)",
                    generator,
                    new long[][] {new long[21]},
                    one);
            assertMessage(
                    "window: found 10 tokens, wanted none in a batch",
                    generator,
                    new long[][] {{1}},
                    one.withWindow(ContextWindow.last(10)));
        }
    }

    private static void assertMessage(
            String message, Generator generator, long[][] prompts, GenerationOptions options) {
        var error =
                assertThrows(IllegalArgumentException.class, () -> generator.generateBatch(prompts, options, SILENT));
        assertEquals(message, error.getMessage());
    }

    private static long[][] prompts(int count) {
        Random random = new Random(SEED);
        long[][] prompts = new long[count][];
        for (int row = 0; row < count; row++) {
            prompts[row] =
                    random.longs(1 + random.nextInt(12), 0, CountingModel.VOCAB).toArray();
        }
        return prompts;
    }
}
