package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.Logits;
import io.github.bitnetort.generate.SamplingOptions;
import io.github.bitnetort.generate.TextTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several prompts in one batch of the trained model, with the cache in place and with the copied one. */
class BatchGenerationTest {
    private static final int STEPS = 48;

    /** Prompts of the references where no two logits come so close that rounding may decide; 4 only up to step 23. */
    private static final int[] SAFE_PROMPTS = {0, 1, 4, 5};

    /** Rows end after different numbers of tokens, so that the cache's rows move. */
    private static final int[] ENDS = {30, 12, 20, STEPS};

    /** What a model may be made of. */
    enum Graph {
        CUSTOM_ATTENTION(ExportOptions.DEFAULT.withAttention(AttentionOperator.CUSTOM)),
        ORT_ATTENTION(ExportOptions.DEFAULT.withAttention(AttentionOperator.ORT)),
        STANDARD_OPERATORS(ExportOptions.DEFAULT.withOperators(Operators.STANDARD));

        private final ExportOptions options;

        Graph(ExportOptions options) {
            this.options = options;
        }
    }

    private static final GenerationOptions GREEDY =
            GenerationOptions.greedy(STEPS).withEndOfSequence(EndOfSequence.IGNORE);

    /** Padding shifts logits as another order of sums does: the most likely token stays where it leads clearly. */
    @ParameterizedTest
    @EnumSource(Graph.class)
    void paddedRowsGetTheTokensThatHuggingFaceGives(Graph graph) throws Exception {
        try (References references = Fixture.TRAINED.references();
                BitNetModel model = open(graph);
                Generator generator = model.generator()) {
            long[][] prompts = new long[SAFE_PROMPTS.length][];
            for (int row = 0; row < prompts.length; row++) {
                prompts[row] = references.longs("prompt" + SAFE_PROMPTS[row] + ".input_ids");
            }
            assertTrue(
                    Arrays.stream(prompts)
                                    .mapToInt(ids -> ids.length)
                                    .distinct()
                                    .count()
                            > 1,
                    "lengths differ");
            List<GenerationResult> results = generate(generator, prompts, GREEDY);
            for (int row = 0; row < prompts.length; row++) {
                long[] wanted = references.longs("prompt" + SAFE_PROMPTS[row] + ".greedy.f32");
                assertEquals(
                        Arrays.stream(wanted, 0, ENDS[row]).boxed().toList(),
                        results.get(row).tokenIds(),
                        graph + ", row " + row);
            }
        }
    }

    /** Without padding no bit of a row depends on the others, so that samples are the same, too. */
    @ParameterizedTest
    @EnumSource(Graph.class)
    void rowsOfOneLengthDrawTheTokensThatTheyWouldDrawAlone(Graph graph) throws Exception {
        GenerationOptions options =
                GREEDY.withSampling(SamplingOptions.temperature(0.9, 11).withTopP(0.95));
        try (BitNetModel model = open(graph);
                Generator generator = model.generator()) {
            TextTokenizer tokenizer = model.tokenizer().orElseThrow();
            long[][] prompts = Stream.of(
                            "In the beginning",
                            "Blessed are the poor",
                            "And Moses said unto",
                            "The words of the prophet")
                    .map(text -> Arrays.copyOf(tokenizer.encode(text), 4))
                    .toArray(long[][]::new);
            List<GenerationResult> results = generate(generator, prompts, options);
            for (int row = 0; row < prompts.length; row++) {
                List<Long> alone = alone(generator, prompts[row], options, row);
                assertEquals(alone.subList(0, ENDS[row]), results.get(row).tokenIds(), graph + ", row " + row);
            }
        }
    }

    /** With attention of our own padding takes no position, and sums do not change: prompts of all lengths, some of them chunks long. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9, 2})
    void paddedRowsGetTheTokensThatTheyWouldGetAlone(double temperature) throws Exception {
        int[] lengths = {3, 150, 128, 1, 200, 290};
        GenerationOptions options = GREEDY.withSampling(SamplingOptions.temperature(temperature, 23));
        try (BitNetModel model = open(Graph.CUSTOM_ATTENTION);
                Generator generator = model.generator()) {
            long[][] prompts = new long[lengths.length][];
            for (int row = 0; row < prompts.length; row++) {
                prompts[row] = new Random(row)
                        .longs(lengths[row], 0, model.vocabSize())
                        .toArray();
            }
            List<GenerationResult> results = generator.generateBatch(prompts, options, (row, token, text) -> true);
            for (int row = 0; row < prompts.length; row++) {
                List<Long> alone = alone(generator, prompts[row], options, row);
                assertEquals(alone, results.get(row).tokenIds(), "row " + row);
            }
        }
    }

    /** The same for logits, by their bits. */
    @Test
    void paddedRowsGetTheLogitsThatTheyWouldGetAlone() throws Exception {
        int[] lengths = {7, 64, 33, 1};
        try (BitNetModel model = open(Graph.CUSTOM_ATTENTION)) {
            long[][] ids = new long[lengths.length][64];
            long[][] mask = new long[lengths.length][64];
            for (int row = 0; row < ids.length; row++) {
                ids[row] = new Random(row).longs(64, 0, model.vocabSize()).toArray();
                Arrays.fill(mask[row], 64 - lengths[row], 64, 1);
            }
            Logits together = model.logits(ids, mask);
            for (int row = 0; row < ids.length; row++) {
                Logits alone = model.logits(Arrays.copyOfRange(ids[row], 64 - lengths[row], 64));
                int from = (row * 64 + 64 - lengths[row]) * model.vocabSize();
                for (int i = 0; i < lengths[row] * model.vocabSize(); i++) {
                    assertEquals(
                            Float.floatToRawIntBits(alone.values().get(i)),
                            Float.floatToRawIntBits(together.values().get(from + i)),
                            "row " + row + ", element " + i);
                }
            }
        }
    }

    private static List<GenerationResult> generate(Generator generator, long[][] prompts, GenerationOptions options)
            throws Exception {
        int[] heard = new int[prompts.length];
        return generator.generateBatch(prompts, options, (row, token, text) -> ++heard[row] < ENDS[row]);
    }

    /** What a prompt gets that is none of a batch, with the seed that it would have in that row. */
    private static List<Long> alone(Generator generator, long[] prompt, GenerationOptions options, int row)
            throws Exception {
        SamplingOptions own = options.sampling().withSeed(options.sampling().seed() + row);
        return generator.generate(prompt, options.withSampling(own)).tokenIds();
    }

    private static BitNetModel open(Graph graph) throws Exception {
        return BitNetModel.open(Fixture.TRAINED.exported("-batch-" + graph, graph.options));
    }
}
