package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ChatCommandTest {
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
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void ctrlCEndsAnAnswerAndAtThePromptTheProgram() throws Exception {
        try (ChatProcess chat = ChatProcess.start(List.of(), command("-n", "100000000", "--window", "64"))) {
            for (String message : List.of("And Moses said unto", "In the beginning", "/clear\nBlessed are")) {
                chat.say(message);
                chat.awaitText();
                chat.interrupt();
                String report = chat.awaitReport();
                assertTrue(report.endsWith("ended by cancelled"), report);
            }
            chat.interrupt();
            assertEquals(128 + 2, chat.exitCode());
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aJvmThatLeavesSignalsAloneAnswersTooAndCtrlCEndsIt() throws Exception {
        try (ChatProcess chat = ChatProcess.start(List.of("-Xrs"), command("-n", "100000000", "--window", "64"))) {
            chat.say("In the beginning");
            chat.awaitText();
            chat.interrupt();
            assertEquals(128 + 2, chat.exitCode());
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
