package io.github.bitnetort.cli;

import ai.onnxruntime.OrtException;
import io.github.bitnetort.generate.BitNetModel;
import io.github.bitnetort.generate.Cancellation;
import io.github.bitnetort.generate.ChatSession;
import io.github.bitnetort.generate.ChatTemplate;
import io.github.bitnetort.generate.ContextLengthException;
import io.github.bitnetort.generate.GenerationOptions;
import io.github.bitnetort.generate.GenerationResult;
import io.github.bitnetort.generate.StopReason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A conversation with an exported model. */
@Command(
        name = "chat",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Talk with a model: each line of standard input is a message, answers go to standard output.",
        footer = {
            "",
            "Ctrl-C ends an answer, and at the prompt the program. A message for which the context has no room is refused"
                    + " with a word why, and the conversation goes on; the exit code is then 1. " + ChatCommand.HELP
        })
final class ChatCommand implements Callable<Integer> {
    static final String HELP = "/clear begins anew, /system TEXT does so with other instructions, /exit ends.";

    @Spec
    private CommandSpec spec;

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions before the conversation.")
    private String system = "";

    @Option(
            names = "--chat-template",
            paramLabel = "FILE",
            description = "A Jinja template instead of the model's own.")
    private Path templateFile;

    @Option(
            names = "--stats",
            description = "After each answer: how many tokens were read, reused and written, on standard error.")
    private boolean stats;

    private boolean refused;

    @Mixin
    private TextModel textModel;

    @Override
    public Integer call() throws OrtException, IOException {
        GenerationOptions options = textModel.generation();
        try (BitNetModel model = textModel.open();
                ChatSession chat = templateFile == null
                        ? model.chat()
                        : model.chat(ChatTemplate.of(templateFile, textModel.folder()))) {
            chat.begin(system);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = ask(in); line != null; line = ask(in)) {
                if (!handle(line, chat, options)) {
                    break;
                }
            }
        }
        return refused ? 1 : 0;
    }

    /** The next line; null at the end of the input. Nobody needs a prompt who is no person. */
    private String ask(BufferedReader in) throws IOException {
        if (System.console() != null) {
            spec.commandLine().getErr().print("> ");
            spec.commandLine().getErr().flush();
        }
        return in.readLine();
    }

    /** False ends the conversation. */
    private boolean handle(String line, ChatSession chat, GenerationOptions options) throws OrtException {
        PrintWriter err = spec.commandLine().getErr();
        String[] words = line.strip().split("\\s+", 2);
        switch (words[0]) {
            case "" -> {}
            case "/exit", "/quit" -> {
                return false;
            }
            case "/clear" -> chat.begin(system);
            case "/system" -> {
                system = words.length > 1 ? words[1] : "";
                chat.begin(system);
            }
            default -> {
                if (words[0].startsWith("/")) {
                    err.println(words[0] + ": no such command. " + HELP);
                } else {
                    return answer(line, chat, options);
                }
            }
        }
        return true;
    }

    private boolean answer(String line, ChatSession chat, GenerationOptions options) throws OrtException {
        PrintWriter out = spec.commandLine().getOut();
        Cancellation cancellation = new Cancellation();
        GenerationResult result;
        try (CtrlC ctrlC = new CtrlC(cancellation)) {
            result = chat.send(line, options.withCancellation(cancellation), new TextPrinter(out));
        } catch (ContextLengthException e) {
            refuse(e);
            return true;
        }
        out.println();
        out.flush();
        if (stats) {
            report(result);
        }
        return result.stopReason() != StopReason.LISTENER; // nobody reads any more
    }

    /** The conversation stays as it was before the message. */
    private void refuse(ContextLengthException e) {
        refused = true;
        PrintWriter err = spec.commandLine().getErr();
        err.printf(
                Locale.ROOT,
                "bitnet: conversation: found %d tokens with this message, wanted at most %d (max_position_embeddings)."
                        + " It was not said: say less, begin anew with /clear, or start with --window %d.%n",
                e.tokens(),
                e.maxPositions(),
                e.maxPositions());
        err.flush();
    }

    private void report(GenerationResult result) {
        spec.commandLine()
                .getErr()
                .printf(
                        Locale.ROOT,
                        "%d tokens read, %d reused, %d written; ended by %s%n",
                        result.readTokens(),
                        result.reusedTokens(),
                        result.tokenIds().size(),
                        result.stopReason().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        spec.commandLine().getErr().flush();
    }
}
