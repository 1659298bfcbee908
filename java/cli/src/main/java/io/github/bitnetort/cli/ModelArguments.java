package io.github.bitnetort.cli;

import io.github.bitnetort.generate.ModelOptions;
import io.github.bitnetort.runtime.WeightMemory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options that say how a model is opened. */
final class ModelArguments {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

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
            description =
                    "plug_in (the op library) or portable (the model's own function bodies): slower, and the last bits of"
                            + " logits may differ (default: ${DEFAULT-VALUE}).")
    private ModelOptions.Engine engine;

    @Option(
            names = "--weights",
            paramLabel = "MEMORY",
            defaultValue = "mapped",
            description = "mapped (the file's own pages, shared between processes) or huge_pages (a copy, faster; Linux"
                    + " only): the same text (default: ${DEFAULT-VALUE}).")
    private WeightMemory weights;

    /** @throws ParameterException where one is not what it must be */
    ModelOptions options() {
        try {
            return ModelOptions.defaults()
                    .withThreads(threads)
                    .withEngine(engine)
                    .withWeights(weights);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
