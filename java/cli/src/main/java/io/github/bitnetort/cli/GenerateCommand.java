package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import io.github.bitnetort.generate.ModelOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Mixin
    private GenerationArguments generation;

    @Mixin
    private ModelArguments modelArguments;

    @Override
    public Integer call() throws OrtException, IOException {
        GenerationOptions options = generation.options();
        ModelOptions modelOptions = modelArguments.options();
        Ort.environment();
        try (BitNetModel model = BitNetModel.open(folder, modelOptions);
                Generator generator = model.generator()) {
            report(run(generator, options));
        }
        return 0;
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
