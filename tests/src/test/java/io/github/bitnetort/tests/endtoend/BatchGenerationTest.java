package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.SamplingOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Prompts of different lengths in one batch of the trained model, with the cache in place and with the copied one. Padding
 * shifts logits in their last bits, so that the prompts are such whose choices are never that close.
 */
class BatchGenerationTest {
    private static final int STEPS = 48;
    private static final List<String> PROMPTS = List.of(
            "In the beginning", "Blessed are", "And Moses said unto", "The words of the prophet which he spake");

    @ParameterizedTest
    @EnumSource(Operators.class)
    void everyRowGetsTheTokensThatItWouldGetAlone(Operators operators) throws Exception {
        Path folder = Fixture.TRAINED.exported("-batch-" + operators, ExportOptions.DEFAULT.withOperators(operators));
        GenerationOptions greedy = GenerationOptions.greedy(STEPS).withEndOfSequence(EndOfSequence.IGNORE);
        GenerationOptions sampled = greedy.withSampling(
                SamplingOptions.temperature(0.9, 11).withTopP(0.95).withMinP(0.02));
        try (BitNetModel model = BitNetModel.open(folder);
                Generator generator = model.generator()) {
            for (GenerationOptions options : List.of(greedy, sampled)) {
                // Rows end after different numbers of tokens, so that the cache's rows move.
                int[] steps = {30, 12, STEPS, 20};
                int[] heard = new int[PROMPTS.size()];
                List<GenerationResult> together =
                        generator.generateBatch(PROMPTS, options, (row, token, text) -> ++heard[row] < steps[row]);
                for (int row = 0; row < PROMPTS.size(); row++) {
                    SamplingOptions own =
                            options.sampling().withSeed(options.sampling().seed() + row);
                    List<Long> alone = generator
                            .generate(PROMPTS.get(row), options.withSampling(own))
                            .tokenIds();
                    assertEquals(
                            alone.subList(0, steps[row]), together.get(row).tokenIds(), operators + ", row " + row);
                }
            }
        }
    }
}
