package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExportCommandTest {
    private static final String TRAINED = "kjv-bitnet";
    private static final String WITHOUT_TOKENIZER = "rand-h128";
    private static final String STANDARD_ATTENTION = "attention in standard operators";

    @TempDir
    Path folder;

    @Test
    void exportOverwritesOnlyWhenTold() throws IOException {
        Path output = folder.resolve("twice");
        String[] command = {"export", Fixtures.checkpoint(WITHOUT_TOKENIZER), "-o", output.toString()};
        assertEquals(0, Cli.run(command).code());
        byte[] before = Files.readAllBytes(output.resolve("model.onnx"));
        Cli again = Cli.run(command);
        assertEquals(1, again.code());
        assertEquals("", again.out());
        assertEquals(1, again.err().lines().count(), again::err);
        String[] overwrite = Stream.concat(Stream.of(command), Stream.of("--overwrite", "--packing", "ternary20"))
                .toArray(String[]::new);
        assertEquals(0, Cli.run(overwrite).code());
        assertFalse(java.util.Arrays.equals(before, Files.readAllBytes(output.resolve("model.onnx"))));
        assertTrue(Cli.run("inspect", output.toString()).out().contains("ternary20"));
    }

    @Test
    void exportSaysThatItRemovedWhatAKilledOneLeft() throws IOException {
        Path output = folder.resolve("killed");
        Files.createDirectories(output.resolve(".export.tmp/new"));
        Files.writeString(output.resolve(".export.tmp/new/config.json"), "half");
        Cli cli = Cli.run("export", Fixtures.checkpoint(WITHOUT_TOKENIZER), "-o", output.toString());
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.err().startsWith("removed what an export that was killed had left for " + output), cli::err);
        assertFalse(Files.exists(output.resolve(".export.tmp")));
    }

    @Test
    void exportSaysWhereWeightsLeaveNoChoiceOfPacking() {
        Cli cli = Cli.run(
                "export",
                Path.of(Fixtures.checkpoint("gguf-q1_0-qwen3"), "model.gguf").toString(),
                "-o",
                folder.resolve("binary").toString(),
                "--packing",
                "ternary20");
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.err().contains("packed as binary32: these weights leave no choice"), cli::err);
    }

    @Test
    void exportRefusesAPackingThatIsNone() {
        Cli cli = Cli.run(
                "export",
                Fixtures.checkpoint(TRAINED),
                "-o",
                folder.resolve("x").toString(),
                "--packing",
                "binary32");
        assertEquals(2, cli.code());
        assertTrue(cli.err().contains("found 'binary32', wanted ternary16 or ternary20"), cli::err);
        assertFalse(Files.exists(folder.resolve("x")));
    }

    /** Its heads of 20 numbers are for neither operator. */
    @ParameterizedTest
    @CsvSource({"variant-llama-bias, custom, true", "variant-llama-bias, ort, true", "rand-h128, ort, false"})
    void exportSaysWhereHeadsLeaveNoChoiceOfAttention(String checkpoint, String attention, boolean told) {
        Cli cli = Cli.run(
                "export",
                Fixtures.checkpoint(checkpoint),
                "-o",
                folder.resolve("model").toString(),
                "--attention",
                attention);
        assertEquals(0, cli.code(), cli::err);
        assertEquals(told, cli.err().contains(STANDARD_ATTENTION), cli::err);
    }

    @Test
    void standardOperatorsAreNoSurprise() {
        Cli cli = Cli.run(
                "export",
                Fixtures.checkpoint(WITHOUT_TOKENIZER),
                "-o",
                folder.resolve("model").toString(),
                "--operators",
                "standard");
        assertEquals(0, cli.code(), cli::err);
        assertFalse(cli.err().contains(STANDARD_ATTENTION), cli::err);
    }

    @ParameterizedTest
    @CsvSource({"--i2s-layout, arm", "--pre-tokenizer, qwen2"})
    void optionsOfGgufFilesAreRefusedForFolders(String option, String value) {
        Cli cli = Cli.run(
                "export",
                Fixtures.checkpoint(WITHOUT_TOKENIZER),
                "-o",
                folder.resolve("model").toString(),
                option,
                value);
        assertEquals(2, cli.code(), cli::err);
        assertTrue(cli.err().startsWith("bitnet: " + option + ": found it with a folder"), cli::err);
        assertFalse(Files.exists(folder.resolve("model")));
    }

    @Test
    void aWidthThatNoBlockDividesIsRefusedByFileAndTensor() {
        Cli cli = Cli.run(
                "export",
                Fixtures.checkpoint("variant-llama-bias"),
                "-o",
                folder.resolve("model").toString(),
                "--embedding",
                "int4");
        assertEquals(1, cli.code());
        assertTrue(
                cli.err().contains("model.safetensors: tensor model.embed_tokens.weight as int4: K: found 100"),
                cli::err);
    }
}
