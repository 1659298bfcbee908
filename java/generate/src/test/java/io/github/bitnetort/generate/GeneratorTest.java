package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest extends AbstractCountingModelTest {
    private static final int SEED = 4;

    @Test
    void readsTheShapeFromTheSession() throws Exception {
        try (BitNetModel model = open()) {
            assertEquals(CountingModel.LAYERS, model.layers());
            assertEquals(CountingModel.HEADS, model.kvHeads());
            assertEquals(CountingModel.HEAD_DIM, model.headDim());
            assertEquals(CountingModel.VOCAB, model.vocabSize());
        }
    }

    /** Around the size of a prefill run, too, where a prompt is split. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 127, 128, 129, 256, 350})
    void everyTokenFollowsFromAllBefore(int promptLength) throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            long[] prompt = prompt(promptLength);
            GenerationResult result = generator.generate(prompt, GenerationOptions.greedy(40));
            assertArrayEquals(CountingModel.continuation(prompt, 40), ids(result), "seed " + SEED);
            assertEquals(StopReason.MAX_NEW_TOKENS, result.stopReason());
            assertEquals(promptLength, result.promptTokens());
            assertEquals("", result.text());
        }
    }

    @Test
    void oneGeneratorServesSequencesOfAnyLengthInTurn() throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            for (int length : new int[] {300, 3, 20, 600, 1}) {
                long[] prompt = prompt(length);
                assertArrayEquals(
                        CountingModel.continuation(prompt, 11),
                        ids(generator.generate(prompt, GenerationOptions.greedy(11))),
                        "length " + length + ", seed " + SEED);
            }
            generator.close();
            assertArrayEquals(
                    CountingModel.continuation(prompt(5), 3),
                    ids(generator.generate(prompt(5), GenerationOptions.greedy(3))));
        }
    }

    @Test
    void generatorsOfOneModelRunAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (BitNetModel model = open()) {
            List<Callable<Void>> tasks = IntStream.range(1, 17)
                    .<Callable<Void>>mapToObj(length -> () -> {
                        try (Generator generator = model.generator()) {
                            assertArrayEquals(
                                    CountingModel.continuation(prompt(length), 50),
                                    ids(generator.generate(prompt(length), GenerationOptions.greedy(50))));
                            return null;
                        }
                    })
                    .toList();
            for (Future<Void> future : threads.invokeAll(tasks)) {
                future.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void endOfSequenceEndsItAndIsNoPartOfIt() throws Exception {
        long[] prompt = prompt(4);
        long[] expected = CountingModel.continuation(prompt, 6);
        try (BitNetModel model = open("{\"eos_token_id\": [300, " + expected[5] + "]}");
                Generator generator = model.generator()) {
            GenerationResult result = generator.generate(prompt, GenerationOptions.greedy(40));
            assertEquals(StopReason.END_OF_SEQUENCE, result.stopReason());
            assertArrayEquals(java.util.Arrays.copyOf(expected, 5), ids(result));
            result = generator.generate(prompt, GenerationOptions.greedy(40).withEndOfSequence(EndOfSequence.IGNORE));
            assertEquals(StopReason.MAX_NEW_TOKENS, result.stopReason());
            assertArrayEquals(CountingModel.continuation(prompt, 40), ids(result));
        }
    }

    @Test
    void theContextIsUsedToItsLastPosition() throws Exception {
        try (BitNetModel model = open("{\"max_position_embeddings\": 20}");
                Generator generator = model.generator()) {
            GenerationResult result = generator.generate(prompt(16), GenerationOptions.greedy(1000));
            assertEquals(StopReason.CONTEXT_FULL, result.stopReason());
            assertArrayEquals(CountingModel.continuation(prompt(16), 5), ids(result));
            assertEquals(
                    1,
                    generator
                            .generate(prompt(20), GenerationOptions.greedy(9))
                            .tokenIds()
                            .size());
            assertMessage(
                    "sequence: found 21 tokens, wanted at most 20 (max_position_embeddings)",
                    () -> generator.generate(prompt(21), GenerationOptions.greedy(1)));
            assertMessage(
                    "sequence: found 21 tokens, wanted at most 20 (max_position_embeddings)",
                    () -> model.logits(prompt(21)));
        }
    }

    @Test
    void leftPaddingInABatchChangesNothing() throws Exception {
        try (BitNetModel model = open()) {
            long[] longer = prompt(5);
            long[] shorter = prompt(3);
            Logits batch = model.logits(
                    new long[][] {longer, {7, 7, shorter[0], shorter[1], shorter[2]}},
                    new long[][] {{1, 1, 1, 1, 1}, {0, 0, 1, 1, 1}});
            assertEquals(2, batch.batch());
            assertEquals(5, batch.seq());
            assertEquals(CountingModel.VOCAB, batch.vocab());
            for (int i = 0; i < 5; i++) {
                assertEquals(model.logits(longer).at(0, i), batch.at(0, i));
            }
            for (int i = 0; i < 3; i++) {
                assertEquals(model.logits(shorter).at(0, i), batch.at(1, i + 2));
            }
            assertEquals(CountingModel.continuation(shorter, 1)[0], Sampler.argmax(batch.at(1, 4)));
        }
    }

    @Test
    void badArgumentsAreNamed() throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            GenerationOptions one = GenerationOptions.greedy(1);
            assertMessage("prompt: found no tokens, wanted 1 or more", () -> generator.generate(new long[0], one));
            assertMessage("token 1: found id 301, wanted 0..300", () -> generator.generate(new long[] {0, 301}, one));
            assertMessage("token 0: found id -1, wanted 0..300", () -> model.logits(-1));
            assertMessage("ids: found none, wanted [batch, seq] with both 1 or more", () -> model.logits());
            long[][] ids = {{1, 2}, {3, 4}};
            assertMessage("mask: found 1 rows, wanted 2 as in ids", () -> model.logits(ids, new long[][] {{1, 1}}));
            assertMessage(
                    "mask[1]: found 1 tokens, wanted 2 as in row 0 of ids",
                    () -> model.logits(ids, new long[][] {{1, 1}, {1}}));
            assertMessage(
                    "mask[1][1]: found 0, wanted zeros on the left for padding, then ones",
                    () -> model.logits(ids, new long[][] {{1, 1}, {1, 0}}));
            assertMessage(
                    "mask[0][1]: found 0, wanted zeros on the left for padding, then ones",
                    () -> model.logits(ids, new long[][] {{0, 0}, {1, 1}}));
            var error = assertThrows(IllegalStateException.class, () -> generator.generate("text", one));
            assertTrue(error.getMessage().contains("found no tokenizer.json"), error::getMessage);
            error = assertThrows(
                    IllegalStateException.class, () -> generator.generate(prompt(1), one.withStopStrings("x")));
            assertTrue(error.getMessage().contains("found no tokenizer.json"), error::getMessage);
        }
    }

    @Test
    void closingTwiceIsHarmless() throws Exception {
        BitNetModel model = open();
        Generator generator = model.generator();
        generator.generate(prompt(1), GenerationOptions.greedy(2));
        generator.close();
        generator.close();
        model.close();
        model.close();
    }

    private static long[] prompt(int length) {
        return new Random(SEED).longs(length, 0, CountingModel.VOCAB).toArray();
    }

    private static void assertMessage(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }
}
