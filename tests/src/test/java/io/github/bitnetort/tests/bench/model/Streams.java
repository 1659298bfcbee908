package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Several texts at once from one model, and what that does to memory.
 *
 * @param tokens generated
 * @param seconds taken
 * @param before memory after each stream had generated one text
 * @param after memory at the end
 */
record Streams(long tokens, double seconds, ResidentMemory before, ResidentMemory after) {
    /** New tokens of one text: streams then begin another one in the same memory. */
    private static final int TEXT = 250;

    static Streams run(BitNetModel model, int streams, int tokens) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(streams);
        List<Generator> generators = new ArrayList<>();
        try {
            for (int i = 0; i < streams; i++) {
                generators.add(model.generator());
            }
            int texts = Math.max(1, (int) Math.ceil((double) tokens / streams / TEXT));
            generate(threads, model, generators, 1);
            System.gc();
            ResidentMemory before = ResidentMemory.exact();
            long start = System.nanoTime();
            generate(threads, model, generators, texts);
            double seconds = (System.nanoTime() - start) * 1e-9;
            System.gc();
            return new Streams((long) streams * texts * TEXT, seconds, before, ResidentMemory.exact());
        } finally {
            threads.shutdownNow();
            generators.forEach(Generator::close);
        }
    }

    private static void generate(ExecutorService threads, BitNetModel model, List<Generator> generators, int texts)
            throws Exception {
        List<Future<?>> futures = new ArrayList<>();
        for (Generator generator : generators) {
            futures.add(threads.submit(() -> {
                for (int i = 0; i < texts; i++) {
                    Run.of(generator, model.vocabSize(), Run.PROMPT, TEXT, Run.PROMPT + TEXT);
                }
                return null;
            }));
        }
        for (Future<?> future : futures) {
            future.get();
        }
    }
}
