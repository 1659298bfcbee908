package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final int SEED = 20;

    @Test
    void greedyTakesTheLargestAndOfEqualOnesTheFirst() {
        assertEquals(2, greedy(1, 2, 5, 5, -1));
        assertEquals(0, greedy(-0.0f, 0.0f));
        assertEquals(0, greedy(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY));
        assertEquals(1, greedy(0, Float.POSITIVE_INFINITY));
    }

    @Test
    void nanIsAnErrorThatNamesTheToken() {
        for (SamplingOptions options :
                new SamplingOptions[] {SamplingOptions.greedy(), SamplingOptions.temperature(1, 0)}) {
            var error = assertThrows(
                    IllegalArgumentException.class, () -> new Sampler(options).next(logits(1, Float.NaN, 2)));
            assertEquals("logits: found NaN at token 1, wanted numbers", error.getMessage());
        }
    }

    /** The largest is looked for in parts of the vocabulary. */
    @Test
    void anyPlaceOfALargeVocabularyCanBeTheLargest() {
        for (int size : new int[] {2047, 2048, 2049, 5000}) {
            for (int id : new int[] {0, 1, 2046, 2047, 2048, 4095, 4096, size - 1}) {
                if (id < size) {
                    float[] values = new float[size];
                    Arrays.fill(values, -3);
                    values[id] = -1;
                    values[size - 1] = -1;
                    assertEquals(id, Sampler.argmax(FloatBuffer.wrap(values)));
                    values[id] = Float.NaN;
                    var error = assertThrows(
                            IllegalArgumentException.class, () -> Sampler.argmax(FloatBuffer.wrap(values)));
                    assertEquals("logits: found NaN at token " + id + ", wanted numbers", error.getMessage());
                }
            }
        }
    }

    @Test
    void candidatesComeInOrderOfLogitThenId() {
        Random random = new Random(SEED);
        float[] values = new float[1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextInt(-20, 20) * 0.5f * (random.nextBoolean() ? 1 : -1);
        }
        values[17] = Float.NEGATIVE_INFINITY;
        int[] expected = IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -(values[i] + 0.0))
                        .thenComparing(i -> i))
                .mapToInt(i -> i)
                .toArray();
        Candidates candidates = new Candidates(FloatBuffer.wrap(values));
        int[] found = IntStream.range(0, values.length).map(candidates::id).toArray();
        assertArrayEquals(expected, found, "seed " + SEED);
        assertEquals(expected[0], candidates.id(0), "a rank may be asked for again");
    }

    /** Written down once: a change of these numbers is a change of what every seed means. */
    @Test
    void aSeedMeansTheseTokensForEver() {
        SamplingOptions options =
                SamplingOptions.temperature(0.8, 42).withTopK(5).withTopP(0.9);
        assertArrayEquals(new int[] {0, 2, 2, 2, 2, 4, 2, 2, 2, 0, 4, 2}, draw(options, 12, 1, 0, 2, -3, 0.5f, -1));
    }

    @Test
    void sameSeedSameTokensOtherSeedOthers() {
        float[] flat = new float[512];
        assertArrayEquals(
                draw(SamplingOptions.temperature(1, 7), 50, flat), draw(SamplingOptions.temperature(1, 7), 50, flat));
        assertNotEquals(
                Arrays.toString(draw(SamplingOptions.temperature(1, 7), 50, flat)),
                Arrays.toString(draw(SamplingOptions.temperature(1, 8), 50, flat)));
    }

    @Test
    void frequenciesFollowTheSoftmax() {
        float[] values = {0, 1, 2, -1};
        double temperature = 1.5;
        int draws = 40_000;
        int[] tokens = draw(SamplingOptions.temperature(temperature, SEED), draws, values);
        double total = 0;
        for (float value : values) {
            total += Math.exp(value / temperature);
        }
        for (int id = 0; id < values.length; id++) {
            double expected = Math.exp(values[id] / temperature) / total;
            int token = id;
            double found = Arrays.stream(tokens).filter(t -> t == token).count() / (double) draws;
            assertEquals(expected, found, 4 * Math.sqrt(expected / draws), "token " + id + ", seed " + SEED);
        }
    }

    @Test
    void topKKeepsTheKMostLikely() {
        int[] tokens = draw(SamplingOptions.temperature(5, SEED).withTopK(2), 500, 1, 3, 2, 3, 0);
        assertEquals(
                "[1, 3]",
                Arrays.toString(Arrays.stream(tokens).distinct().sorted().toArray()));
        assertArrayEquals(
                new int[] {1, 1, 1}, draw(SamplingOptions.temperature(5, SEED).withTopK(1), 3, 1, 3, 2));
    }

    @Test
    void topPKeepsAsFewAsReachP() {
        // Probabilities 0.5, 0.25, 0.125, 0.125.
        float[] values = {0, (float) Math.log(4), (float) Math.log(2), 0};
        assertEquals("[1]", distinct(SamplingOptions.temperature(1, SEED).withTopP(0.45), values));
        assertEquals("[1, 2]", distinct(SamplingOptions.temperature(1, SEED).withTopP(0.7), values));
        assertEquals("[0, 1, 2]", distinct(SamplingOptions.temperature(1, SEED).withTopP(0.8), values));
        assertEquals(
                "[0, 1, 2, 3]", distinct(SamplingOptions.temperature(1, SEED).withTopP(0.95), values));
        assertEquals("[1]", distinct(SamplingOptions.temperature(1, SEED).withTopP(1e-9), values));
        // Of the two that top-k leaves, the first has two thirds.
        assertEquals(
                "[1]", distinct(SamplingOptions.temperature(1, SEED).withTopK(2).withTopP(0.6), values));
    }

    @Test
    void impossibleTokensAreNeverDrawn() {
        float[] values = {Float.NEGATIVE_INFINITY, 0, Float.NEGATIVE_INFINITY};
        assertEquals("[1]", distinct(SamplingOptions.temperature(100, SEED), values));
    }

    @Test
    void badOptionsNameWhatWasFoundAndWanted() {
        assertMessage(
                "temperature: found -1.0, wanted a finite number, 0 or more", () -> SamplingOptions.temperature(-1, 0));
        assertMessage(
                "top-k: found -2, wanted 0 or more",
                () -> SamplingOptions.greedy().withTopK(-2));
        assertMessage(
                "top-p: found 0.0, wanted a number above 0, up to 1",
                () -> SamplingOptions.greedy().withTopP(0));
        assertMessage(
                "top-p: found NaN, wanted a number above 0, up to 1",
                () -> SamplingOptions.greedy().withTopP(Double.NaN));
        assertMessage(
                "min-p: found 1.5, wanted a number from 0 to 1",
                () -> SamplingOptions.greedy().withMinP(1.5));
        assertMessage(
                "repetition penalty: found 0.0, wanted a finite number above 0",
                () -> SamplingOptions.greedy().withRepetitionPenalty(0));
        assertMessage("max new tokens: found 0, wanted 1 or more", () -> GenerationOptions.greedy(0));
        assertMessage(
                "stop string: found an empty one, wanted a text",
                () -> GenerationOptions.greedy(1).withStopStrings(""));
        assertMessage(
                "threads: found -1, wanted 0 (all cores) to 1024",
                () -> ModelOptions.defaults().withThreads(-1));
    }

    private static void assertMessage(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(
                message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }

    private static String distinct(SamplingOptions options, float... values) {
        int[] tokens = draw(options, 500, values);
        assertTrue(tokens.length > 0);
        return Arrays.toString(Arrays.stream(tokens).distinct().sorted().toArray());
    }

    private static int[] draw(SamplingOptions options, int count, float... values) {
        Sampler sampler = new Sampler(options);
        return IntStream.range(0, count)
                .map(i -> sampler.next(FloatBuffer.wrap(values)))
                .toArray();
    }

    private static int greedy(float... values) {
        return new Sampler(SamplingOptions.greedy()).next(logits(values));
    }

    private static FloatBuffer logits(float... values) {
        return FloatBuffer.wrap(values);
    }
}
