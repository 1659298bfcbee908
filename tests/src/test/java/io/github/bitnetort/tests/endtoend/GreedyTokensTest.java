package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.EmbeddingType;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Greedy decoding of the trained model, token by token through the KV cache, against Hugging Face's own tokens. */
class GreedyTokensTest {
    /** Prompts whose two best logits come so close that a correct engine may depart, and the first step where. */
    private static final Map<Integer, Integer> SAFE_STEPS = Map.of(2, 50, 3, 15);

    private static final int PROMPTS = 6;
    private static final int STEPS = 64;

    @ParameterizedTest
    @EnumSource(AttentionOperator.class)
    void sameTokensAsHuggingFace(AttentionOperator attention) throws Exception {
        compare(Fixture.TRAINED.exportedExactly(attention), SAFE_STEPS);
    }

    @Test
    void sameTokensWithAnEmbeddingOfFloat16() throws Exception {
        compare(Fixture.TRAINED.exported("-f16", ExportOptions.DEFAULT.withEmbedding(EmbeddingType.F16)), SAFE_STEPS);
    }

    @Test
    void sameTokensWithAnEmbeddingOf8BitsUpToANearTie() throws Exception {
        compare(Fixture.TRAINED.exported(), Fixture.SAFE_STEPS_OF_INT8);
    }

    private static void compare(Path folder, Map<Integer, Integer> safeSteps) throws Exception {
        try (References references = Fixture.TRAINED.references();
                BitNetModel model = BitNetModel.open(folder);
                Generator generator = model.generator()) {
            GenerationOptions options = GenerationOptions.greedy(STEPS).withEndOfSequence(EndOfSequence.IGNORE);
            for (int prompt = 0; prompt < PROMPTS; prompt++) {
                long[] ids = references.longs("prompt" + prompt + ".input_ids");
                long[] wanted = references.longs("prompt" + prompt + ".greedy.f32");
                GenerationResult result = generator.generate(ids, options);
                assertEquals(STEPS, result.tokenIds().size());
                int steps = safeSteps.getOrDefault(prompt, STEPS);
                assertEquals(head(wanted, steps), result.tokenIds().subList(0, steps), "prompt " + prompt);
                System.out.printf("prompt %d: %s%n", prompt, result.text().replace('\n', ' '));
            }
        }
    }

    @Test
    void textPromptBecomesTheTokensThatHuggingFaceMakes() throws Exception {
        try (References references = Fixture.TRAINED.references();
                BitNetModel model = BitNetModel.open(Fixture.TRAINED.exported())) {
            long[] ids = model.tokenizer().orElseThrow().encode("In the beginning");
            assertEquals(head(references.longs("prompt0.input_ids"), 5), head(ids, ids.length));
        }
    }

    @Test
    void textOfTheTokensReadsLikeText() throws Exception {
        try (BitNetModel model = BitNetModel.open(Fixture.TRAINED.exported());
                Generator generator = model.generator()) {
            StringBuilder streamed = new StringBuilder();
            GenerationResult result = generator.generate(
                    "In the beginning", GenerationOptions.greedy(20), (token, text) -> streamed.append(text) != null);
            assertTrue(result.text().startsWith(" of the world is come;"), result.text());
            assertTrue(result.text().startsWith(streamed.toString()), "streamed: " + streamed);
        }
    }

    private static List<Long> head(long[] values, int count) {
        return Arrays.stream(values, 0, count).boxed().toList();
    }
}
