package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.export.ExportedBitMatMul;
import io.github.bitnetort.export.ModelInspector;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulSpec;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.bench.Environment;
import io.github.bitnetort.tests.bench.Figures;
import io.github.bitnetort.tests.bench.NativeBench;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    @Mixin
    private ModelBenchOptions options;

    private Figures figures;

    /** The mean over a text. */
    private double stepMillis;

    /** Medians, by the prompt's length. */
    private final Map<Integer, Double> prefillMillis = new LinkedHashMap<>();

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
            try (BitNetModel model = BitNetModel.open(options.folder, options.modelOptions());
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
            ProfileFigures profile = new ProfileFigures(figures, options);
            profile.reportStep(stepMillis);
            for (Map.Entry<Integer, Double> prefill : prefillMillis.entrySet()) {
                profile.reportPrefill(prefill.getKey(), prefill.getValue());
            }
        }
        figures.print(options.json, System.out);
        return 0;
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
            prefillMillis.put(length, 1000 * length / median);
            figures.put(section, "first_token_after_" + length + "_ms", prefillMillis.get(length), 1);
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
}
