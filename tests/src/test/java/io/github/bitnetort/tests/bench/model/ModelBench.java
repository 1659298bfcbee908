package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.ModelOptions;
import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulSpec;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.bench.Environment;
import io.github.bitnetort.tests.bench.NativeBench;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Speed and memory of one exported model. */
@Command(
        name = "model",
        sortOptions = false,
        description = "Measure a whole exported model: loading, prefill, decoding, memory, each beside what the machine"
                + " allows.")
public final class ModelBench implements Callable<Integer> {
    private static final int PROFILED_TOKENS = 40;

    /** Runs of the profile that do not count: the prompt, and the first step after it. */
    private static final int PROFILE_WARM_UP = 2;

    @Mixin
    private ModelBenchOptions options;

    private Figures figures;

    /** The mean over a text without the profiler, which adds to each node and between them. */
    private double stepMillis;

    @Override
    public Integer call() throws Exception {
        options.check();
        if (!Files.isRegularFile(options.folder.resolve("model.onnx"))) {
            throw new IllegalArgumentException(
                    options.folder + ": found no model.onnx, wanted the folder that ./bitnet export wrote");
        }
        figures = new Figures(Environment.read());
        TokenBytes bytes = TokenBytes.of(options.folder.resolve("model.onnx"));
        describe(bytes);
        readAll(options.folder);
        ResidentMemory bare = ResidentMemory.now();
        try (ResidentMemory.Peak peak = new ResidentMemory.Peak()) {
            long start = System.nanoTime();
            try (BitNetModel model = BitNetModel.open(options.folder, modelOptions());
                    Generator generator = model.generator()) {
                long loaded = System.nanoTime();
                int context =
                        Math.min(options.context, model.config().maxPositions().orElse(Integer.MAX_VALUE));
                options.check(context);
                Run.of(generator, model.vocabSize(), Run.PROMPT, 1, context);
                long first = System.nanoTime();
                figures.put("load, files in the page cache", "load_s", (loaded - start) * 1e-9, 3);
                figures.put(
                        "load, files in the page cache",
                        "load_and_first_token_of_a_prompt_of_" + Run.PROMPT + "_s",
                        (first - start) * 1e-9,
                        3);
                measureSpeed(model, generator, context, bytes);
                MemoryFigures memory = new MemoryFigures(figures);
                memory.report(model, context, bare, peak.get());
                if (options.streams > 0) {
                    memory.reportStreams(options.streams, Streams.run(model, options.streams, options.streamTokens));
                }
            }
        }
        if (options.profile) {
            reportProfile();
        }
        figures.print(options.json, System.out);
        return 0;
    }

    private ModelOptions modelOptions() {
        return ModelOptions.defaults().withThreads(options.threads).withWeights(options.weights);
    }

    private void describe(TokenBytes bytes) throws IOException {
        String section = "model";
        List<BitMatMulSpec> specs = ModelInspector.bitMatMuls(options.folder).stream()
                .map(ExportedBitMatMul::spec)
                .distinct()
                .toList();
        figures.put(section, "folder", options.folder.toString());
        figures.put(section, "threads", options.threads);
        figures.put(section, "weights", options.weights.toString());
        figures.put(section, "kernels_of_a_decode_step", kernels(specs, 1));
        figures.put(section, "kernels_of_128_tokens", kernels(specs, 128));
        figures.putMegabytes(section, "read_for_a_token:_ternary_layers", bytes.ternary());
        figures.putMegabytes(section, "read_for_a_token:_head_and_others", bytes.others());
    }

    private static String kernels(List<BitMatMulSpec> specs, int rows) {
        return specs.stream()
                .map(spec -> BitMatMulLibrary.chosenKernel(
                                new MatMulSpec(
                                        spec.n(),
                                        spec.k(),
                                        spec.packing().onnxName(),
                                        spec.activation().onnxName(),
                                        spec.blockSize()),
                                rows,
                                null)
                        .name())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** So that the files are in the page cache. */
    private static void readAll(Path folder) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (FileChannel channel = FileChannel.open(file)) {
                    while (channel.read(buffer.clear()) >= 0) {
                        continue;
                    }
                }
            }
        }
    }

    private void measureSpeed(BitNetModel model, Generator generator, int context, TokenBytes bytes) throws Exception {
        String section = "speed";
        double before = readGigabytes(bytes);
        for (int length : options.prefill) {
            double[] rates = new double[options.rounds];
            for (int round = 0; round < rates.length; round++) {
                Run run = Run.of(generator, model.vocabSize(), length, 1, context);
                rates[round] = length / (run.prefillNanos() * 1e-9);
            }
            Arrays.sort(rates);
            double median = rates[rates.length / 2];
            figures.put(section, "prefill_of_" + length + "_tokens/s", median, 1);
            figures.put(section, "first_token_after_" + length + "_ms", 1000 * length / median, 1);
        }
        Run run = Run.of(generator, model.vocabSize(), Run.PROMPT, options.newTokens, context);
        double after = readGigabytes(bytes);
        stepMillis = 1000 / run.tokensPerSecond();
        figures.put(section, "decode_tokens/s", run.tokensPerSecond(), 2);
        figures.put(section, "decode_step_p50_ms", run.percentile(0.5), 2);
        figures.put(section, "decode_step_p95_ms", run.percentile(0.95), 2);
        figures.put(section, "decode_step_p99_ms", run.percentile(0.99), 2);
        figures.put(section, "raw_read_before_GB/s", before, 1);
        figures.put(section, "raw_read_after_GB/s", after, 1);
        double bound = (before + after) / 2 * 1e9 / bytes.total();
        figures.put(section, "bound_by_reading_the_constants_tokens/s", bound, 1);
        figures.put(section, "decode_of_bound", run.tokensPerSecond() / bound, 3);
        figures.put(section, "decode_p50_of_bound", 1000 / run.percentile(0.5) / bound, 3);
    }

    /** How fast this machine reads, just now, as much memory as a token must, of the kind that the weights are in. */
    private double readGigabytes(TokenBytes bytes) throws IOException {
        String memory = options.weights == WeightMemory.MAPPED ? "read_file" : "read_huge";
        return NativeBench.fromProperty()
                .run(
                        "limits",
                        "--threads",
                        String.valueOf(options.threads),
                        "--megabytes",
                        String.valueOf(Math.max(8, bytes.total() / 1_000_000)),
                        "--sample-bytes",
                        String.valueOf(bytes.total()),
                        "--rounds",
                        "5",
                        "--milliseconds",
                        "20")
                .stream()
                .filter(row -> row.get("limit").equals(memory))
                .mapToDouble(row -> Double.parseDouble(row.get("value")))
                .findFirst()
                .orElseThrow();
    }

    private void reportProfile() throws Exception {
        Path folder = Files.createTempDirectory("bitnet-bench");
        Path file = null;
        try (BitNetModel model =
                        BitNetModel.open(options.folder, modelOptions().withProfile(folder.resolve("profile")));
                Generator generator = model.generator()) {
            Run run = Run.of(generator, model.vocabSize(), Run.PROMPT, PROFILED_TOKENS, Run.PROMPT + PROFILED_TOKENS);
            double step = Arrays.stream(run.stepNanos()).skip(1).average().orElseThrow() * 1e-6;
            file = model.endProfiling();
            profileRows(OperatorProfile.read(file, PROFILE_WARM_UP, model.vocabSize()), step);
        } finally {
            if (file != null) {
                Files.deleteIfExists(file);
            }
            Files.delete(folder);
        }
    }

    private void profileRows(OperatorProfile profile, double step) {
        double nodes = 0;
        for (OperatorProfile.Operator operator : profile.operators()) {
            profileRow(operator.name(), operator.nodes(), operator.millis(), step);
            nodes += operator.millis();
        }
        profileRow("between nodes", 0, profile.runMillis() - nodes, step);
        profileRow("outside ONNX Runtime", 0, step - profile.runMillis(), step);
        profileRow("a decode step, profiled", 0, step, step);
        profileRow("a decode step without the profiler", 0, stepMillis, step);
        double inside = profile.millis(OperatorProfile.TERNARY) + profile.millis(OperatorProfile.HEAD);
        figures.put("profile", "share_outside_CustomBitMatMul_and_head", 1 - inside / step, 3);
        double added = profile.leastNodeMillis()
                * (profile.nodes(OperatorProfile.TERNARY) + profile.nodes(OperatorProfile.HEAD));
        figures.put(
                "profile",
                "share_outside_CustomBitMatMul_and_head_without_what_the_profiler_adds",
                1 - (inside - added) / stepMillis,
                3);
    }

    private void profileRow(String name, double nodes, double millis, double step) {
        figures.row("decode step")
                .put("operator", name)
                .put("nodes", Math.round(nodes * 10) / 10.0)
                .put("ms", Math.round(millis * 1000) / 1000.0)
                .put("share", Math.round(millis / step * 1000) / 1000.0);
    }
}
