package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Prints the time of the op beside its peers: {@code OpBenchmark [M] [threads] [megabytes of weights] [rounds]}. */
final class OpBenchmark {
    private final int m;
    private final int threads;
    private final long bytes;
    private final int rounds;

    private OpBenchmark(int m, int threads, long bytes, int rounds) {
        this.m = m;
        this.threads = threads;
        this.bytes = bytes;
        this.rounds = rounds;
    }

    public static void main(String[] args) throws Exception {
        int[] values = {1, 2, 200, 15};
        for (int i = 0; i < args.length; i++) {
            values[i] = Integer.parseInt(args[i]);
        }
        new OpBenchmark(values[0], values[1], values[2] * 1_000_000L, values[3]).run();
    }

    private void run() throws IOException, OrtException {
        System.out.printf(
                "M = %d, %d threads, ONNX Runtime %s, JDK %s, CPU features %s%n",
                m,
                threads,
                OrtEnvironment.getEnvironment().getVersion(),
                System.getProperty("java.version"),
                BitMatMulLibrary.cpuFeatures());
        System.out.printf(
                "%d rounds in turns, medians; weights of %d MB (at two bits) in turn%n", rounds, bytes / 1_000_000);
        System.out.printf("%-24s %-46s %10s %12s %8s%n", "shape", "operator", "us", "Gweights/s", "ratio");
        for (Shape shape : Shape.all()) {
            run(shape);
        }
    }

    private void run(Shape shape) throws IOException, OrtException {
        Path folder = Files.createTempDirectory("bitnet-bench");
        Map<Contender, StreamedModel> models = new EnumMap<>(Contender.class);
        int nodes = (int) Math.max(2, bytes / (shape.weights() / 4));
        float[] x = activations(shape);
        try {
            for (Contender contender : Contender.values()) {
                models.put(contender, new StreamedModel(folder, contender, shape, nodes, x, threads));
            }
            Map<Contender, Double> medians = measure(models);
            verify(shape, models, x);
            double ours = medians.get(Contender.TERNARY16);
            medians.forEach((contender, nanos) -> System.out.printf(
                    "%-24s %-46s %10.1f %12.1f %8.2f%n",
                    shape, contender.title(), nanos / 1000, m * shape.weights() / nanos, nanos / ours));
        } finally {
            for (StreamedModel model : models.values()) {
                model.close();
            }
            delete(folder);
        }
    }

    private Map<Contender, Double> measure(Map<Contender, StreamedModel> models) throws OrtException {
        Map<Contender, double[]> times = new EnumMap<>(Contender.class);
        for (int round = -2; round < rounds; round++) {
            for (Map.Entry<Contender, StreamedModel> entry : models.entrySet()) {
                double nanos = entry.getValue().nanosPerNode();
                if (round >= 0) {
                    times.computeIfAbsent(entry.getKey(), key -> new double[rounds])[round] = nanos;
                }
            }
        }
        Map<Contender, Double> medians = new EnumMap<>(Contender.class);
        times.forEach((contender, values) -> {
            Arrays.sort(values);
            medians.put(contender, values[rounds / 2]);
        });
        return medians;
    }

    private void verify(Shape shape, Map<Contender, StreamedModel> models, float[] x) throws OrtException {
        BitMatMulSpec spec = new BitMatMulSpec(shape.n(), shape.k(), Packing.TERNARY16, Activation.INT8, 0);
        int[] words = WeightPacker.pack(spec.layout(), new TernaryMatrix(shape, 1));
        float[] wanted = new float[m * shape.n()];
        new ScalarBitMatMul()
                .compute(
                        new BitMatMulProblem(
                                spec, PackedWeights.of(spec.layout(), words), new float[] {Contender.SCALE}, null),
                        x,
                        m,
                        wanted);
        for (Map.Entry<Contender, StreamedModel> entry : models.entrySet()) {
            float[] y = entry.getValue().output(1);
            // Peers quantize each block of X on its own and round their scales, so they are near at best.
            float tolerance = entry.getKey().isExact() ? 0 : 0.05f * (float) Math.sqrt(shape.k()) * Contender.SCALE;
            for (int i = 0; i < y.length; i++) {
                if (!(Math.abs(y[i] - wanted[i]) <= tolerance)) {
                    throw new IllegalStateException(
                            shape + ", " + entry.getKey().title() + ", output " + i + ": found " + y[i] + ", wanted "
                                    + wanted[i] + " within " + tolerance);
                }
            }
        }
    }

    private float[] activations(Shape shape) {
        Random random = new Random(1);
        float[] x = new float[m * shape.k()];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }
}
