package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationOptions.EndOfSequence;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Several texts at once from one session of the trained model. */
class ConcurrentGenerationTest {
    private static final int THREADS = 4;
    private static final List<String> PROMPTS =
            List.of("In the beginning", "Blessed are", "And Moses said unto", "The words of the");

    @Test
    void fourThreadsGetTheTokensThatEachWouldGetAlone() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (BitNetModel model = BitNetModel.open(Fixture.TRAINED.exported())) {
            List<List<Long>> alone = new ArrayList<>();
            List<Callable<List<Long>>> tasks = new ArrayList<>();
            for (int i = 0; i < PROMPTS.size(); i++) {
                GenerationOptions options = options(i);
                String prompt = PROMPTS.get(i);
                alone.add(generate(model, prompt, options));
                tasks.add(() -> generate(model, prompt, options));
            }
            List<Future<List<Long>>> together = threads.invokeAll(tasks);
            for (int i = 0; i < together.size(); i++) {
                assertEquals(alone.get(i), together.get(i).get(), PROMPTS.get(i));
            }
        } finally {
            threads.shutdown();
        }
    }

    /** Greedy, and with samples of different seeds. */
    private static GenerationOptions options(int i) {
        GenerationOptions greedy = GenerationOptions.greedy(100).withEndOfSequence(EndOfSequence.IGNORE);
        return i % 2 == 0
                ? greedy
                : greedy.withSampling(SamplingOptions.temperature(0.9, i).withMinP(0.05));
    }

    private static List<Long> generate(BitNetModel model, String prompt, GenerationOptions options) throws Exception {
        try (Generator generator = model.generator()) {
            return generator.generate(prompt, options).tokenIds();
        }
    }
}
