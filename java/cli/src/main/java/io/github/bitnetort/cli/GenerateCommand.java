package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.ContextWindow;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.Generator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Generates text from an exported model. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Continue a prompt, or several together. Text goes to standard output as it comes, of several prompts in"
                        + " their order with the prompt's number before it; statistics go to standard error.")
final class GenerateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private Prompt prompt;

    private static final class Prompt {
        @Option(
                names = {"-p", "--prompt"},
                paramLabel = "PROMPT",
                description =
                        "The text to continue. Given several times, all are continued in one batch; row i of it draws"
                                + " with the seed + i, from 0.")
        private List<String> texts;

        @Option(
                names = "--prompt-file",
                paramLabel = "FILE",
                description = "Texts to continue in one batch: each line that is not blank.")
        private Path file;

        @Option(
                names = "--prompt-ids",
                paramLabel = "ID",
                split = ",",
                description =
                        "Token ids to continue, separated by commas: for a model without a tokenizer. Then ids are printed.")
        private long[] ids;
    }

    @Mixin
    private TextModel textModel;

    @Override
    public Integer call() throws OrtException, IOException {
        GenerationOptions options = textModel.generation();
        checkWindow(options);
        try (BitNetModel model = textModel.open();
                Generator generator = model.generator()) {
            run(generator, options).forEach(this::report);
        }
        return 0;
    }

    /** Rows of a batch would have to forget at different times. */
    private void checkWindow(GenerationOptions options) {
        boolean several = prompt.file != null || prompt.texts != null && prompt.texts.size() > 1;
        if (several && !options.window().equals(ContextWindow.NONE)) {
            throw new ParameterException(
                    spec.commandLine(), "--window: found it with several prompts, wanted it with one -p");
        }
    }

    private List<GenerationResult> run(Generator generator, GenerationOptions options)
            throws OrtException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (prompt.ids != null) {
            TextPrinter printer = new TextPrinter(out);
            GenerationResult result = generator.generate(prompt.ids, options, (id, text) -> printer.print(id + " "));
            out.println();
            return List.of(result);
        }
        List<String> texts = prompt.file == null ? prompt.texts : lines(prompt.file);
        if (prompt.file == null && texts.size() == 1) {
            GenerationResult result = generator.generate(texts.get(0), options, new TextPrinter(out));
            out.println();
            return List.of(result);
        }
        return generator.generateBatch(texts, options, new BatchPrinter(out, texts.size()));
    }

    private static List<String> lines(Path file) throws IOException {
        List<String> lines;
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + ": found a folder, wanted a file of prompts, one a line");
        }
        try {
            lines = Files.readAllLines(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + ": found bytes that are no UTF-8, wanted text", e);
        }
        List<String> texts = lines.stream().filter(line -> !line.isBlank()).toList();
        if (texts.isEmpty()) {
            throw new IllegalArgumentException(file + ": found no prompt, wanted one or more, a line each");
        }
        return texts;
    }

    private void report(GenerationResult result) {
        spec.commandLine().getOut().flush();
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "%s%s; %s%s; ended by %s%n",
                count(result.promptTokens(), "prompt token"),
                speed(result.prefillTokensPerSecond()),
                count(result.tokenIds().size(), "new token"),
                speed(result.decodeTokensPerSecond()),
                result.stopReason().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        err.flush();
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    private static String speed(double tokensPerSecond) {
        return Double.isNaN(tokensPerSecond) ? "" : String.format(Locale.ROOT, " at %.1f/s", tokensPerSecond);
    }
}
