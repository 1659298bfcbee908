package io.github.bitnetort.tests.loading;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.RandomProblems;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.OpSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;
import org.junit.jupiter.api.condition.EnabledIf;

/** Sessions whose weights are in huge pages, several in each: none may see what becomes of its neighbours. */
class HugePageSessionsTest {
    private static final int M = 2;
    private static final int THREADS = 8;
    private static final int ROUNDS = 12;

    /** A model with weights of its own, some smaller than a huge page and some larger, and what it must give. */
    private static final class Problem {
        private final SingleNodeModel model;
        private final float[] x;
        private final float[] expected;

        Problem(int seed) {
            Random random = new Random(seed);
            BitMatMulSpec spec = new BitMatMulSpec(
                    500 + random.nextInt(4000), 100 + random.nextInt(2500), Packing.TERNARY16, Activation.INT8, 0);
            PackedWeights weights =
                    PackedWeights.of(spec.layout(), WeightPacker.pack(spec.layout(), (n, row, offset) -> {
                        for (int k = 0; k < spec.k(); k++) {
                            row[offset + k] = (byte) (random.nextInt(3) - 1);
                        }
                    }));
            float[] scale = {0.03f};
            x = RandomProblems.floats(M * spec.k(), random);
            expected = new float[M * spec.n()];
            new ScalarBitMatMul().compute(new BitMatMulProblem(spec, weights, scale, null), x, M, expected);
            model = SingleNodeModel.of(spec, weights, scale, null).withFunctionBody(false);
        }

        OpSession open(int threads) throws OrtException {
            return OpSession.withPlugIn(model, threads, WeightMemory.HUGE_PAGES);
        }

        void assertComputedBy(OpSession session) throws OrtException {
            assertArrayEquals(expected, session.run(x, M), model.spec()::toString);
        }
    }

    @Test
    @EnabledIf(
            value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
            disabledReason = "this system gives no huge pages")
    void twoSessionsServeEightThreadsWhichOpenAndCloseOthers() throws Exception {
        List<Problem> problems = new ArrayList<>();
        for (int seed = 0; seed < THREADS; seed++) {
            problems.add(new Problem(seed));
        }
        try (OpSession first = problems.get(0).open(1);
                OpSession second = problems.get(1).open(2)) {
            onAllThreads(thread -> {
                Problem own = problems.get(thread);
                for (int round = 0; round < ROUNDS; round++) {
                    try (OpSession session = own.open(1 + round % 2)) {
                        problems.get(0).assertComputedBy(first);
                        own.assertComputedBy(session);
                        problems.get(1).assertComputedBy(second);
                    }
                }
            });
        }
    }

    @Test
    @DisabledIf(
            value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
            disabledReason = "this system gives huge pages: none can be refused here")
    void whereThereAreNoneTheSessionIsRefused() {
        OrtException refused =
                assertThrows(OrtException.class, () -> new Problem(0).open(1).close());
        assertTrue(refused.getMessage().contains(SingleNodeModel.NODE), refused::getMessage);
        assertTrue(refused.getMessage().contains("huge pages: found"), refused::getMessage);
    }

    private interface Work {
        void on(int thread) throws Exception;
    }

    private static void onAllThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                tasks.add(() -> {
                    work.on(thread);
                    return null;
                });
            }
            for (Future<Void> future : threads.invokeAll(tasks)) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
