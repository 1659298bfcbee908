package io.github.bitnetort.tests.bench.attention;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.tests.bench.Environment;
import io.github.bitnetort.tests.bench.Figures;
import io.github.bitnetort.tests.bench.Limits;
import io.github.bitnetort.tests.bench.NativeBench;
import io.github.bitnetort.tests.bench.Streaming;
import io.github.bitnetort.tests.bench.Turns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Attention of ours beside ONNX Runtime's. */
@Command(
        name = "attention",
        sortOptions = false,
        description = "Measure CustomGroupQueryAttention beside ONNX Runtime's GroupQueryAttention, in turns within one"
                + " run, with caches in place, and beside reading as much memory.")
public final class AttentionBench implements Callable<Integer> {
    @Mixin
    private AttentionBenchOptions options;

    @Override
    public Integer call() throws Exception {
        List<AttentionShape> shapes = options.checkedShapes();
        List<Chunk> chunks = options.checkedChunks();
        Figures figures = new Figures(Environment.read());
        AttentionReport report = new AttentionReport(figures, options);
        report.settings();
        for (AttentionShape shape : shapes) {
            for (Chunk chunk : chunks) {
                measure(shape, chunk, report);
            }
        }
        figures.print(options.json, System.out);
        return 0;
    }

    private void measure(AttentionShape shape, Chunk chunk, AttentionReport report) throws IOException, OrtException {
        Plan plan = Plan.of(shape, chunk, options.bytesOfEach());
        boolean streamed = chunk.tokens() <= Streaming.MOST_ROWS;
        Limits before = streamed ? limits(shape, chunk, plan) : null;
        AttentionInputs inputs = AttentionInputs.random(shape, chunk, options.capacity(chunk));
        Map<Integer, List<AttentionMeasurement>> rows = new LinkedHashMap<>();
        for (int threads : options.threads) {
            System.err.printf("%s: measuring %s tokens, %d threads%n", shape, chunk, threads);
            List<AttentionMeasurement> measured = new ArrayList<>();
            medians(inputs, plan, threads, options.rounds)
                    .forEach((contender, nanos) ->
                            measured.add(new AttentionMeasurement(shape, chunk, threads, contender, nanos)));
            rows.put(threads, measured);
            System.gc(); // caches are in direct buffers, which the collector takes for small
        }
        Limits after = streamed ? limits(shape, chunk, plan) : null;
        rows.values().forEach(each -> report.rows(each, before, after));
        if (streamed) {
            report.limits(shape, chunk, before, after);
        }
    }

    /** Nanoseconds of a node of each contender, whose results have been verified. */
    static Map<AttentionContender, Double> medians(AttentionInputs inputs, Plan plan, int threads, int rounds)
            throws OrtException {
        Map<AttentionContender, AttentionSession> sessions = new EnumMap<>(AttentionContender.class);
        try {
            Map<AttentionContender, Turns.Sample> samples = new EnumMap<>(AttentionContender.class);
            for (AttentionContender contender : AttentionContender.values()) {
                AttentionSession session = new AttentionSession(contender, inputs, plan, threads);
                sessions.put(contender, session);
                samples.put(contender, session::nanosPerNode);
            }
            Map<AttentionContender, Double> medians = Turns.medians(samples, rounds);
            AttentionVerification.verify(inputs, sessions);
            return medians;
        } finally {
            for (AttentionSession session : sessions.values()) {
                session.close();
            }
        }
    }

    /** Reads of as many bytes, node for node and in one sample. */
    private Limits limits(AttentionShape shape, Chunk chunk, Plan plan) throws IOException {
        long bytes = shape.cacheBytes(chunk.total());
        return Limits.measure(NativeBench.fromProperty(), options.threads, bytes, bytes * plan.nodes() * plan.sets());
    }
}
