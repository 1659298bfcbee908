package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.ModelOptions;
import io.github.bitnetort.generate.SamplingOptions;
import io.github.bitnetort.runtime.WeightMemory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Generates text from an exported model. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Continue a prompt. The text goes to standard output as it comes, statistics to standard error.")
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "An exported model's folder.")
    private Path folder;

    @ArgGroup(multiplicity = "1")
    private Prompt prompt;

    private static final class Prompt {
        @Option(
                names = {"-p", "--prompt"},
                paramLabel = "PROMPT",
                description = "The text to continue.")
        private String text;

        @Option(
                names = "--prompt-ids",
                paramLabel = "ID",
                split = ",",
                description =
                        "Token ids to continue, separated by commas: for a model without a tokenizer. Then ids are printed.")
        private long[] ids;
    }

    @Option(
            names = {"-n", "--max-new-tokens"},
            paramLabel = "N",
            defaultValue = "128",
            description = "At most so many new tokens (default: ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            description = "0 takes the most likely token always; above it samples (default: ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            defaultValue = "0",
            description = "Sample from the K most likely tokens; 0: from all (default: ${DEFAULT-VALUE}).")
    private int topK;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            defaultValue = "1",
            description = "Sample from the fewest tokens whose probability reaches P (default: ${DEFAULT-VALUE}).")
    private double topP;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description =
                    "Of the samples; the same seed gives the same text on every machine (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be given several times.")
    private List<String> stops = List.of();

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads; 0: one for each core (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "plug_in",
            description = "plug_in (the op library) or portable (the model's own function body): the same text, slower"
                    + " (default: ${DEFAULT-VALUE}).")
    private ModelOptions.Engine engine;

    @Option(
            names = "--weights",
            paramLabel = "MEMORY",
            defaultValue = "mapped",
            description = "mapped (the file's own pages, shared between processes) or huge_pages (a copy, faster; Linux"
                    + " only): the same text (default: ${DEFAULT-VALUE}).")
    private WeightMemory weights;

    @Override
    public Integer call() throws OrtException, IOException {
        GenerationOptions options = options();
        Ort.environment();
        ModelOptions modelOptions = modelOptions();
        try (BitNetModel model = BitNetModel.open(folder, modelOptions);
                Generator generator = model.generator()) {
            report(run(generator, options));
        }
        return 0;
    }

    private GenerationOptions options() {
        try {
            SamplingOptions sampling = new SamplingOptions(temperature, topK, topP, seed);
            return GenerationOptions.greedy(maxNewTokens)
                    .withSampling(sampling)
                    .withStopStrings(stops.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private ModelOptions modelOptions() {
        try {
            return ModelOptions.defaults()
                    .withThreads(threads)
                    .withEngine(engine)
                    .withWeights(weights);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private GenerationResult run(Generator generator, GenerationOptions options) throws OrtException {
        PrintWriter out = spec.commandLine().getOut();
        TextPrinter printer = new TextPrinter(out);
        GenerationResult result = prompt.text != null
                ? generator.generate(prompt.text, options, printer)
                : generator.generate(prompt.ids, options, (id, text) -> printer.print(id + " "));
        out.println();
        out.flush();
        return result;
    }

    private void report(GenerationResult result) {
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "%d prompt tokens%s; %d new tokens%s; ended by %s%n",
                result.promptTokens(),
                speed(result.prefillTokensPerSecond()),
                result.tokenIds().size(),
                speed(result.decodeTokensPerSecond()),
                result.stopReason().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        err.flush();
    }

    private static String speed(double tokensPerSecond) {
        return Double.isNaN(tokensPerSecond) ? "" : String.format(Locale.ROOT, " at %.1f/s", tokensPerSecond);
    }
}
