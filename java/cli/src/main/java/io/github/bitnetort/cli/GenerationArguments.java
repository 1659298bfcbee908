package io.github.bitnetort.cli;

import io.github.bitnetort.generate.ContextWindow;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.SamplingOptions;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how text is generated. */
final class GenerationArguments {
    /** What says which tokens are drawn from, and how. */
    private static final List<String> OF_SAMPLES = List.of("--top-k", "--top-p", "--min-p", "--seed");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

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
            names = "--min-p",
            paramLabel = "P",
            defaultValue = "0",
            description = "Sample from tokens at least P times as likely as the most likely one (default:"
                    + " ${DEFAULT-VALUE}).")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "R",
            defaultValue = "1",
            description = "Above 1: make tokens that are in the text already less likely (default: ${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    @Option(
            names = "--seed",
            paramLabel = "S",
            defaultValue = "0",
            description =
                    "Of the samples; the same seed, model and options give the same text (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text; may be given several times.")
    private List<String> stops = List.of();

    @Option(
            names = "--window",
            paramLabel = "N",
            description = "Let the model see the last N tokens at most, so that text can be longer than its context"
                    + " (default: the end of the context is an error, or ends the text).")
    private Integer window;

    /** @throws ParameterException where one is not what it must be */
    GenerationOptions options() {
        try {
            SamplingOptions sampling = new SamplingOptions(temperature, topK, topP, minP, repetitionPenalty, seed);
            GenerationOptions options = GenerationOptions.greedy(maxNewTokens)
                    .withSampling(sampling)
                    .withStopStrings(stops.toArray(String[]::new))
                    .withWindow(window == null ? ContextWindow.NONE : ContextWindow.last(window));
            warnOfIdleOptions();
            return options;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** The same options with several temperatures are no error, but whoever forgot the temperature wants to know. */
    private void warnOfIdleOptions() {
        List<String> idle = OF_SAMPLES.stream()
                .filter(spec.commandLine().getParseResult()::hasMatchedOption)
                .toList();
        if (temperature == 0 && !idle.isEmpty()) {
            PrintWriter err = spec.commandLine().getErr();
            err.println("bitnet: " + String.join(", ", idle)
                    + ": without effect, as --temperature 0 (the default) takes the most likely token always");
            err.flush();
        }
    }
}
