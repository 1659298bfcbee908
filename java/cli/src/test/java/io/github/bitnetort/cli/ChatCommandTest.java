package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sun.misc.Signal;
import sun.misc.SignalHandler;

class ChatCommandTest {
    private static final Signal INTERRUPT = new Signal("INT");

    @TempDir
    static Path folder;

    private static String model;
    private static String template;

    @BeforeAll
    static void export() throws IOException {
        Path output = folder.resolve("model");
        Cli cli = Cli.run("export", Fixtures.checkpoint("kjv-bitnet"), "-o", output.toString());
        assertEquals(0, cli.code(), cli::err);
        model = output.toString();
        template = Files.writeString(
                        folder.resolve("template.jinja"), "{% for m in messages %}{{ m.content }}\n{% endfor %}")
                .toString();
    }

    @Test
    void aTurnReadsOnlyWhatIsNew() {
        Cli cli = chat(
                "In the beginning\n\nAnd God said\n/nothing\n/clear\nIn the beginning\n/exit\nno more\n", "-n", "8");
        assertEquals(0, cli.code(), cli::err);
        List<String> err = cli.err().lines().toList();
        assertEquals(4, err.size(), cli::err);
        assertTrue(err.get(0).matches("6 tokens read, 0 reused, 8 written; ended by max new tokens"), cli::err);
        assertTrue(err.get(1).matches("\\d tokens read, 13 reused, 8 written; ended by max new tokens"), cli::err);
        assertTrue(err.get(2).startsWith("/nothing: no such command"), cli::err);
        assertEquals("1 tokens read, 5 reused, 8 written; ended by max new tokens", err.get(3), "after /clear");
    }

    @Test
    void withoutATemplateThereIsNoConversation() {
        Cli without = Cli.run("chat", model);
        assertEquals(1, without.code());
        assertTrue(without.err().contains("found no chat_template.jinja"), without::err);
    }

    /** The model has 512 positions. */
    @Test
    void aMessageThatIsTooLongIsRefusedAndTheConversationGoesOn() {
        Cli cli = chat("In the beginning\n" + "and ".repeat(600) + "\nAnd God said\n", "-n", "8");
        assertEquals(1, cli.code(), "a message was not answered");
        List<String> err = cli.err().lines().toList();
        assertEquals(3, err.size(), cli::err);
        assertTrue(
                err.get(1)
                        .matches("bitnet: conversation: found \\d+ tokens with this message, wanted at most 512"
                                + " \\(max_position_embeddings\\)\\. It was not said: .*/clear.*--window 512\\."),
                cli::err);
        assertTrue(err.get(2).matches("\\d tokens read, 13 reused, 8 written; ended by max new tokens"), cli::err);
    }

    /** The window makes the answers endless, so that only the signal ends them. */
    @Test
    void ctrlCEndsTheAnswerAndNotTheConversation() {
        AtomicInteger missed = new AtomicInteger();
        SignalHandler before = Signal.handle(INTERRUPT, signal -> missed.incrementAndGet());
        // A shell without job control starts programs in its background so; no Java program sees the signal then.
        assumeTrue(before != SignalHandler.SIG_IGN, "found SIGINT ignored, wanted a process that Ctrl-C reaches");
        StringWriter err = new StringWriter();
        try {
            int code = withInput(
                    "And Moses said unto\n/clear\nIn the beginning\n",
                    () -> Main.commandLine()
                            .setOut(new InterruptingWriter())
                            .setErr(new PrintWriter(err, true))
                            .execute(command("-n", "100000000", "--window", "64")));
            assertEquals(0, code, err::toString);
        } finally {
            Signal.handle(INTERRUPT, before);
        }
        List<String> lines = err.toString().lines().toList();
        assertEquals(2, lines.size(), err::toString);
        lines.forEach(line -> assertTrue(line.endsWith("ended by cancelled"), err::toString));
        assertEquals(0, missed.get(), "signals that came while no answer was being given");
    }

    /** Raises the signal of Ctrl-C at the first text of every answer. */
    private static final class InterruptingWriter extends PrintWriter {
        private boolean raised;

        InterruptingWriter() {
            super(new StringWriter());
        }

        @Override
        public void print(String text) {
            super.print(text);
            if (!raised && !text.isEmpty()) {
                raised = true;
                Signal.raise(INTERRUPT);
            }
        }

        @Override
        public void println() {
            super.println();
            raised = false;
        }
    }

    private static Cli chat(String input, String... more) {
        return withInput(input, () -> Cli.run(command(more)));
    }

    private static String[] command(String... more) {
        String[] command = {"chat", model, "--chat-template", template, "--stats"};
        return Stream.of(command, more).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private static <T> T withInput(String input, Supplier<T> action) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
            return action.get();
        } finally {
            System.setIn(before);
        }
    }
}
