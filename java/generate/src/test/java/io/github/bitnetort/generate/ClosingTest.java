package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** That closing gives memory back at once, and never takes it from under those who still use it. */
class ClosingTest extends AbstractCountingModelTest {
    private static final GenerationOptions ENDLESS =
            GenerationOptions.greedy(Integer.MAX_VALUE).withWindow(ContextWindow.last(64));

    @Test
    void theCacheIsReleasedAtOnce() throws Exception {
        try (BitNetModel model = open()) {
            for (int i = 0; i < 50; i++) {
                long before = DirectMemory.held();
                try (Generator generator = model.generator()) {
                    generator.generate(new long[] {1}, GenerationOptions.greedy(10_000), (id, text) -> false);
                    assertTrue(DirectMemory.held() - before > 10_000 * 8 * Float.BYTES, "a cache of 10000 positions");
                    generator.generate(new long[] {1}, GenerationOptions.greedy(20_000), (id, text) -> false);
                }
                generateBatch(model);
                assertTrue(DirectMemory.held() <= before, () -> (DirectMemory.held() - before) + " bytes stay");
            }
        }
    }

    private static void generateBatch(BitNetModel model) throws Exception {
        model.generator().generateBatch(new long[][] {{1}, {2, 3}}, GenerationOptions.greedy(1000), (row, id, text) -> {
            return row == 1 && id > 0;
        });
    }

    @Test
    void aModelIsClosedUnderThoseWhoGenerate() throws Exception {
        Random random = new Random(3);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 20; round++) {
                BitNetModel model = open();
                List<Future<?>> futures = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    futures.add(threads.submit(() -> model.generator().generate(new long[] {3, 1, 4}, ENDLESS)));
                }
                Thread.sleep(random.nextInt(40));
                model.close();
                for (Future<?> future : futures) {
                    var error = assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS));
                    assertEquals(IllegalStateException.class, error.getCause().getClass(), error::toString);
                    assertEquals(
                            folder + ": found it closed, wanted it open for as long as it is used",
                            error.getCause().getMessage());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aGeneratorIsClosedAfterWhatAnotherThreadGenerates() throws Exception {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (BitNetModel model = open()) {
            Generator generator = model.generator();
            for (int round = 0; round < 20; round++) {
                Cancellation cancellation = new Cancellation();
                Future<GenerationResult> future =
                        thread.submit(() -> generator.generate(new long[] {3}, ENDLESS.withCancellation(cancellation)));
                Thread.sleep(round);
                cancellation.cancel();
                generator.close();
                assertEquals(
                        StopReason.CANCELLED, future.get(60, TimeUnit.SECONDS).stopReason());
            }
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void aListenerCannotCloseOrUseTheGeneratorThatCallsIt() throws Exception {
        try (BitNetModel model = open();
                Generator generator = model.generator()) {
            var error = assertThrows(
                    IllegalStateException.class,
                    () -> generator.generate(new long[] {3}, ENDLESS, (id, text) -> {
                        generator.close();
                        return true;
                    }));
            assertEquals("generator: found a call from its own listener, wanted another generator", error.getMessage());
            assertEquals(
                    4,
                    generator
                            .generate(new long[] {3}, GenerationOptions.greedy(4))
                            .tokenIds()
                            .size());
        }
    }
}
