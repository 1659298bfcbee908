package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Measures all contenders of a shape in turns, and verifies what they computed. */
final class OpBenchmark {

    private final OpsOptions options;
    private final NativeBench bench;
    private final Report report;
    private final Set<Contender> contenders;

    OpBenchmark(OpsOptions options, NativeBench bench, PrintStream out) {
        this.options = options;
        this.bench = bench;
        this.report = new Report(options, out);
        contenders = EnumSet.of(Contender.TERNARY16); // what all others are compared with
        contenders.addAll(options.contenders);
    }

    void run() throws IOException, OrtException {
        List<Shape> shapes = Shape.all().stream()
                .filter(shape -> options.shapes.stream().anyMatch(shape.toString()::contains))
                .toList();
        if (shapes.isEmpty()) {
            throw new WrongOption(
                    "--shape: found " + String.join(",", options.shapes) + ", wanted a part of one of " + Shape.all());
        }
        report.machine();
        report.operatorsHeader();
        for (Shape shape : shapes) {
            Limits before = limits(shape);
            List<Measurement> rows = measure(shape);
            report.operators(rows, before, limits(shape));
        }
        if (options.rows.contains(1)) {
            report.overheadHeader();
            for (int threads : options.threads) {
                inFolder(folder -> report.overhead(new Overhead(bench, folder, options.rounds).measure(threads)));
            }
        }
        report.limits();
    }

    private Limits limits(Shape shape) throws IOException {
        // As many bytes of a stream as a node has in two bits.
        return Limits.measure(bench, options.threads, shape.weights() / 4, options.megabytesOfEach() * 1_000_000L);
    }

    private List<Measurement> measure(Shape shape) throws IOException, OrtException {
        List<Measurement> rows = new ArrayList<>();
        List<Integer> streamed =
                options.rows.stream().filter(m -> m <= Streaming.MOST_ROWS).toList();
        List<Integer> others =
                options.rows.stream().filter(m -> m > Streaming.MOST_ROWS).toList();
        if (!streamed.isEmpty()) {
            inFolder(folder ->
                    measure(shape, streamed, files(folder, shape, options.megabytesOfEach() * 1_000_000L), rows));
        }
        if (!others.isEmpty()) {
            inFolder(folder -> measure(shape, others, files(folder, shape, 0), rows));
        }
        return rows;
    }

    private List<ModelFile> files(Path folder, Shape shape, long bytes) throws IOException {
        List<ModelFile> files = new ArrayList<>();
        for (Contender contender : contenders) {
            long nodes =
                    Math.max(Streaming.FEW_NODES, bytes / contender.operator().bytes(shape));
            System.err.printf("%s: writing %d nodes of %s%n", shape, nodes, contender.title());
            files.add(ModelFile.streamed(folder, contender, shape, Math.toIntExact(nodes)));
        }
        return files;
    }

    private void measure(Shape shape, List<Integer> ms, List<ModelFile> files, List<Measurement> rows)
            throws OrtException {
        for (int threads : options.threads) {
            Map<Contender, ModelSession> sessions = new EnumMap<>(Contender.class);
            Map<Contender, String> failures = new EnumMap<>(Contender.class);
            try {
                for (ModelFile file : files) {
                    open(file, threads, sessions, failures);
                }
                for (int m : ms) {
                    System.err.printf("%s: measuring M = %d, %d threads%n", shape, m, threads);
                    measure(shape, m, sessions)
                            .forEach((contender, nanos) ->
                                    rows.add(Measurement.of(contender, shape, m, threads, nanos)));
                    failures.forEach((contender, failure) ->
                            rows.add(Measurement.failed(contender, shape, m, threads, failure)));
                }
            } finally {
                for (ModelSession session : sessions.values()) {
                    session.close();
                }
            }
        }
    }

    /** A peer may not take a shape, which is a result; ours must. */
    private static void open(
            ModelFile file, int threads, Map<Contender, ModelSession> sessions, Map<Contender, String> failures)
            throws OrtException {
        try {
            sessions.put(file.contender(), new ModelSession(file, threads));
        } catch (OrtException e) {
            if (file.contender().own().isPresent()) {
                throw e;
            }
            failures.put(file.contender(), e.getMessage());
        }
    }

    private Map<Contender, Double> measure(Shape shape, int m, Map<Contender, ModelSession> sessions)
            throws OrtException {
        float[] values = Activations.random(m, shape.k());
        try (OnnxTensor x = Activations.tensor(values, shape.k())) {
            Map<Contender, Turns.Sample> samples = new EnumMap<>(Contender.class);
            sessions.forEach((contender, session) -> samples.put(contender, () -> session.nanosPerNode(x)));
            Map<Contender, Double> medians = Turns.medians(samples, options.rounds);
            for (ModelSession session : sessions.values()) {
                Verification.verify(session, x, values);
            }
            return medians;
        }
    }

    private interface Work {
        void in(Path folder) throws IOException, OrtException;
    }

    private static void inFolder(Work work) throws IOException, OrtException {
        Path folder = Files.createTempDirectory("bitnet-bench");
        try {
            work.in(folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
