package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.generate.ModelOptions;
import io.github.bitnetort.runtime.WeightMemory;
import io.github.bitnetort.tests.bench.OptionRange;
import io.github.bitnetort.tests.bench.WrongOption;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to measure, and how long. */
final class ModelBenchOptions {
    private static final int MAX_STREAMS = 1024;

    @Parameters(paramLabel = "DIR", description = "An exported model's folder.")
    Path folder;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of ONNX Runtime's pool (default: one for each CPU).")
    int threads = Runtime.getRuntime().availableProcessors();

    @Option(
            names = "--weights",
            paramLabel = "MEMORY",
            defaultValue = "mapped",
            description = "mapped or huge_pages (default: ${DEFAULT-VALUE}).")
    WeightMemory weights;

    @Option(
            names = "--prefill",
            split = ",",
            paramLabel = "N",
            defaultValue = "128,512",
            description = "Lengths of the prompts to read (default: ${DEFAULT-VALUE}).")
    List<Integer> prefill;

    @Option(
            names = "--new-tokens",
            paramLabel = "N",
            defaultValue = "128",
            description = "Tokens to generate after a prompt of 16, each timed (default: ${DEFAULT-VALUE}).")
    int newTokens;

    @Option(
            names = "--context",
            paramLabel = "N",
            defaultValue = "4096",
            description = "Positions that the cache has room for (default: ${DEFAULT-VALUE}, or the model's).")
    int context;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often each prompt is read; medians count (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "0",
            description = "Then generate so many texts at once, and see whether native memory grows (default: none).")
    int streams;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Tokens of all streams together (default: ${DEFAULT-VALUE}).")
    int streamTokens;

    @Option(
            names = "--profile",
            description = "Then say where the time of a decode step goes, and that of each prompt, by ONNX Runtime's"
                    + " profiler.")
    boolean profile;

    @Option(names = "--json", description = "One JSON object instead of tables.")
    boolean json;

    ModelOptions modelOptions() {
        return ModelOptions.defaults().withThreads(threads).withWeights(weights);
    }

    /** @throws WrongOption where one is not what it must be, whatever the model */
    void check() {
        OptionRange.check("threads", threads, 1, OptionRange.MAX_THREADS);
        OptionRange.check("rounds", rounds, 1, Integer.MAX_VALUE);
        OptionRange.check("context", context, Run.PROMPT + 1, Integer.MAX_VALUE);
        OptionRange.check("streams", streams, 0, MAX_STREAMS);
        OptionRange.check("tokens", streamTokens, 1, Integer.MAX_VALUE);
    }

    /** @throws WrongOption where something would not fit */
    void check(int positions) {
        for (int length : prefill) {
            OptionRange.check("prefill", length, 1, positions);
        }
        // The last token is chosen from the position before it. The times between tokens count: one alone has none.
        OptionRange.check("new-tokens", newTokens, 2, positions - Run.PROMPT + 1);
    }
}
