package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
    private static final String TRAINED = "kjv-bitnet";

    @TempDir
    static Path folder;

    private static String model;
    private static String modelWithoutTokenizer;

    @BeforeAll
    static void export() {
        model = Fixtures.export(TRAINED, folder.resolve("trained"));
        modelWithoutTokenizer = Fixtures.export("rand-h128", folder.resolve("random"));
    }

    @Test
    void optionsOfSamplesAreWarnedOfWhereNothingIsDrawn() {
        Cli greedy = Cli.run("generate", model, "-p", "In", "-n", "2", "--top-k", "5", "--seed", "1");
        assertEquals(0, greedy.code(), greedy::err);
        assertTrue(greedy.err().startsWith("bitnet: --top-k, --seed: without effect"), greedy::err);
        Cli one = Cli.run("generate", model, "-p", "In", "-n", "1");
        assertTrue(one.err().contains("; 1 new token; ended by max new tokens"), one::err);
        Cli drawn = Cli.run("generate", model, "-p", "In", "-n", "2", "--top-k", "5", "--temperature", "1");
        assertFalse(drawn.err().contains("without effect"), drawn::err);
    }

    @Test
    void generatePrintsTheTextAloneOnStandardOutput() {
        Cli cli = Cli.run("generate", model, "-p", "In the beginning", "-n", "16", "--threads", "1");
        assertEquals(0, cli.code(), cli::err);
        assertEquals(
                " of the world is come; and the world is not in the world.\nFor" + System.lineSeparator(), cli.out());
        assertTrue(
                cli.err().matches("5 prompt tokens at \\S+/s; 16 new tokens at \\S+/s; ended by max new tokens\\R"),
                cli::err);
    }

    @Test
    void anyThreadsGiveTheSameText() {
        givesTheSameText(model, List.of("--threads", "1"), List.of("--threads", "2"));
    }

    /** What is in standard operators or ONNX Runtime's own has the same bits with and without the library. */
    @Test
    void bothEnginesGiveTheSameText() {
        givesTheSameText(
                Fixtures.export(TRAINED, folder.resolve("ort"), "--attention", "ort"), List.of("--engine", "portable"));
    }

    @SafeVarargs
    private static void givesTheSameText(String folder, List<String>... options) {
        String line = "-p,Blessed are,-n,30,--temperature,0.9,--top-k,50,--top-p,0.95,--seed,5";
        List<String> command = Stream.concat(Stream.of("generate", folder), Stream.of(line.split(",")))
                .toList();
        Cli expected = Cli.run(command.toArray(String[]::new));
        assertEquals(0, expected.code(), expected::err);
        for (List<String> more : options) {
            Cli cli = Cli.run(Stream.concat(command.stream(), more.stream()).toArray(String[]::new));
            assertEquals(expected.out(), cli.out(), more::toString);
        }
    }

    @Test
    void weightsInHugePagesGiveTheSameText() throws IOException {
        String[] command = {"generate", model, "-p", "Blessed are", "-n", "10"};
        Cli mapped = Cli.run(command);
        Cli huge = Cli.run(Stream.concat(Stream.of(command), Stream.of("--weights", "huge_pages"))
                .toArray(String[]::new));
        Path enabled = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        if (Files.exists(enabled) && !Files.readString(enabled).contains("[never]")) {
            assertEquals(0, huge.code(), huge::err);
            assertEquals(mapped.out(), huge.out());
        } else {
            assertEquals(1, huge.code(), huge::err);
            assertTrue(huge.err().contains("huge pages: found"), huge::err);
        }
    }

    @Test
    void generateStopsAtAStopString() {
        Cli cli = Cli.run("generate", model, "-p", "In the beginning", "--stop", "come;", "--stop", "zzz");
        assertEquals(" of the world is " + System.lineSeparator(), cli.out());
        assertTrue(cli.err().endsWith("ended by stop string" + System.lineSeparator()), cli::err);
    }

    @Test
    void aModelWithoutTokenizerTakesAndGivesIds() {
        Cli text = Cli.run("generate", modelWithoutTokenizer, "-p", "hi");
        assertEquals(1, text.code());
        assertEquals("", text.out());
        assertTrue(text.err().contains("found no tokenizer.json"), text::err);
        Cli ids = Cli.run("generate", modelWithoutTokenizer, "--prompt-ids", "3,1,4", "-n", "5");
        assertEquals(0, ids.code(), ids::err);
        assertTrue(ids.out().matches("(\\d+ ){5}\\R"), ids::out);
        Cli wrong = Cli.run("generate", modelWithoutTokenizer, "--prompt-ids", "3,512");
        assertEquals(1, wrong.code());
        assertEquals("bitnet: token 1: found id 512, wanted 0..511" + System.lineSeparator(), wrong.err());
    }

    @Test
    void generationEndsWhenNobodyReads() {
        StringWriter err = new StringWriter();
        PrintWriter broken = new PrintWriter(java.io.OutputStream.nullOutputStream()) {
            @Override
            public boolean checkError() {
                return true;
            }
        };
        int code = Main.commandLine()
                .setOut(broken)
                .setErr(new PrintWriter(err, true))
                .execute("generate", model, "-p", "In", "-n", "200");
        assertEquals(0, code);
        assertTrue(err.toString().contains("; 1 new token; ended by listener"), err::toString);
    }

    @Test
    void severalPromptsAreContinuedTogether() throws IOException {
        List<String> prompts = List.of("In the beginning", "Blessed are", "And Moses said unto");
        StringBuilder expected = new StringBuilder();
        for (int row = 0; row < prompts.size(); row++) {
            Cli alone = Cli.run("generate", model, "-p", prompts.get(row), "-n", "16");
            assertEquals(0, alone.code(), alone::err);
            expected.append("[").append(row + 1).append("]").append(alone.out());
        }
        Cli together = Cli.run(
                "generate", model, "-p", prompts.get(0), "-p", prompts.get(1), "-p", prompts.get(2), "-n", "16");
        assertEquals(0, together.code(), together::err);
        assertEquals(expected.toString(), together.out());
        assertEquals(3, together.err().lines().count(), together::err);
        Path file =
                Files.write(folder.resolve("prompts.txt"), List.of(prompts.get(0), "", prompts.get(1), prompts.get(2)));
        assertEquals(
                expected.toString(),
                Cli.run("generate", model, "--prompt-file", file.toString(), "-n", "16")
                        .out());
        Files.writeString(file, "\n");
        Cli none = Cli.run("generate", model, "--prompt-file", file.toString());
        assertEquals(1, none.code());
        assertEquals(
                "bitnet: " + file + ": found no prompt, wanted one or more, a line each" + System.lineSeparator(),
                none.err());
    }
}
