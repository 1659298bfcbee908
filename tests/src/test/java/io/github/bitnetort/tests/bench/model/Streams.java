package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Generator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Several texts at once from one model, and what that does to memory.
 *
 * @param tokensBetween tokens of all streams from one point to the next
 * @param seconds taken to generate all of them
 * @param points memory after one text of each stream that warms up, and after every further one
 */
record Streams(long tokensBetween, double seconds, List<AnonymousMemory> points) {
    /** New tokens of one text, at most: streams then begin another one in the same memory. */
    private static final int TEXT = 250;

    /** Texts of each stream, at least: memory is looked at between them. */
    private static final int TEXTS = 10;

    static Streams run(BitNetModel model, int streams, int tokens) throws Exception {
        return run(model, streams, tokens, () -> {});
    }

    /** @param tokens of all streams together, at least */
    static Streams run(BitNetModel model, int streams, int tokens, Runnable afterEachText) throws Exception {
        int each = (tokens + streams - 1) / streams;
        int room = model.config().maxPositions().orElse(Integer.MAX_VALUE) - Run.PROMPT;
        int text = Math.min(Math.max(2, Math.min(TEXT, each / TEXTS)), room);
        ExecutorService threads = Executors.newFixedThreadPool(streams);
        List<Generator> generators = new ArrayList<>();
        try {
            for (int i = 0; i < streams; i++) {
                generators.add(model.generator());
            }
            generate(threads, model, generators, text, afterEachText);
            List<AnonymousMemory> points = new ArrayList<>(List.of(AnonymousMemory.settled()));
            long nanos = 0;
            for (int done = 0; done < each; done += text) {
                nanos += generate(threads, model, generators, text, afterEachText);
                points.add(AnonymousMemory.settled());
            }
            return new Streams((long) streams * text, nanos * 1e-9, List.copyOf(points));
        } finally {
            threads.shutdownNow();
            generators.forEach(Generator::close);
        }
    }

    /** A text of each stream; how long that took. */
    private static long generate(
            ExecutorService threads, BitNetModel model, List<Generator> generators, int text, Runnable afterEachText)
            throws Exception {
        long start = System.nanoTime();
        List<Future<?>> futures = new ArrayList<>();
        for (Generator generator : generators) {
            futures.add(threads.submit(() -> {
                Run.of(generator, model.vocabSize(), Run.PROMPT, text, Run.PROMPT + text);
                afterEachText.run();
                return null;
            }));
        }
        for (Future<?> future : futures) {
            future.get();
        }
        return System.nanoTime() - start;
    }

    long tokens() {
        return tokensBetween * (points.size() - 1);
    }

    /** From the first point to the last, in bytes. */
    long growth() {
        return points.get(points.size() - 1).nativeMemory() - points.get(0).nativeMemory();
    }

    /**
     * The median of the slopes between any two of the last half of the points, where caches, pools and arenas have found
     * their sizes: single points that are off change nothing. In bytes a token.
     */
    double slope() {
        List<AnonymousMemory> half = points.subList(points.size() / 2, points.size());
        double[] slopes = IntStream.range(0, half.size())
                .boxed()
                .flatMap(from -> IntStream.range(from + 1, half.size()).mapToObj(to -> slope(half, from, to)))
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return (slopes[(slopes.length - 1) / 2] + slopes[slopes.length / 2]) / 2;
    }

    private double slope(List<AnonymousMemory> some, int from, int to) {
        long grown = some.get(to).nativeMemory() - some.get(from).nativeMemory();
        return (double) grown / ((to - from) * tokensBetween);
    }
}
