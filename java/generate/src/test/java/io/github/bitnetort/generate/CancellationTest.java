package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CancellationTest extends AbstractCountingModelTest {
    private static final long[] PROMPT = {3, 1, 4};

    @Test
    void endsWithinAToken() throws Exception {
        Cancellation cancellation = new Cancellation();
        int[] heard = {0};
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            GenerationOptions options = GenerationOptions.greedy(1000).withCancellation(cancellation);
            GenerationResult result = generator.generate(PROMPT, options, (id, text) -> {
                if (++heard[0] == 5) {
                    cancellation.cancel();
                }
                return true;
            });
            assertEquals(StopReason.CANCELLED, result.stopReason());
            assertArrayEquals(CountingModel.continuation(PROMPT, 5), ids(result));
            GenerationResult none = generator.generate(PROMPT, options);
            assertEquals(StopReason.CANCELLED, none.stopReason(), "before the prompt is read");
            assertEquals(0, none.tokenIds().size());
            assertArrayEquals(
                    CountingModel.continuation(PROMPT, 9),
                    ids(generator.generate(PROMPT, GenerationOptions.greedy(9))),
                    "the generator serves on");
        }
    }

    @Test
    void fromAnotherThreadAndByInterruption() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            Cancellation cancellation = new Cancellation();
            CountDownLatch begun = new CountDownLatch(1);
            Future<GenerationResult> future = endless(thread, generator, begun, cancellation, false);
            assertTrue(begun.await(60, TimeUnit.SECONDS));
            cancellation.cancel();
            assertEquals(StopReason.CANCELLED, future.get(60, TimeUnit.SECONDS).stopReason());

            future = endless(thread, generator, new CountDownLatch(1), new Cancellation(), true);
            assertEquals(StopReason.CANCELLED, future.get(60, TimeUnit.SECONDS).stopReason());
        } finally {
            thread.shutdownNow();
        }
    }

    private static Future<GenerationResult> endless(
            ExecutorService thread,
            Generator generator,
            CountDownLatch begun,
            Cancellation cancellation,
            boolean interrupt) {
        GenerationOptions options = GenerationOptions.greedy(Integer.MAX_VALUE)
                .withWindow(ContextWindow.last(64))
                .withCancellation(cancellation);
        return thread.submit(() -> generator.generate(PROMPT, options, (id, text) -> {
            begun.countDown();
            if (interrupt) {
                Thread.currentThread().interrupt();
            }
            return true;
        }));
    }
}
