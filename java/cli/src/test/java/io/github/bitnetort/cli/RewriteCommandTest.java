package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewriteCommandTest {
    private static final double MEDIAN_SHARE = 1e-6;

    @TempDir
    Path folder;

    private Path graph(String name) throws IOException {
        Path packed = Path.of(Fixtures.checkpoint("onnx")).resolve(name + ".onnx.gz");
        Path file = folder.resolve(name + ".onnx");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.copy(in, file);
        }
        return file;
    }

    private Cli rewrite(Path in, String... more) {
        String[] command = {
            "rewrite", in.toString(), "-o", folder.resolve("out.onnx").toString()
        };
        String[] all = Arrays.copyOf(command, command.length + more.length);
        System.arraycopy(more, 0, all, command.length, more.length);
        return Cli.run(all);
    }

    @Test
    void explainsAndVerifiesAModelWithACache() throws IOException {
        Cli cli = rewrite(graph("rand-h128.kv-dynamo18"), "--explain", "--verify");
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.err().startsWith("14 BitLinear layers became 8 CustomBitMatMul nodes; "), cli::err);
        assertEquals(
                14,
                cli.out().lines().filter(line -> line.startsWith("rewritten ")).count());
        assertEquals(
                1, cli.out().lines().filter(line -> line.startsWith("left ")).count());
        assertMedian(cli.out(), "logits");
        assertMedian(cli.out(), "present.1.value");
    }

    private static void assertMedian(String out, String output) {
        Matcher line = Pattern.compile(
                        "  " + Pattern.quote(output) + ": \\d+ values, largest difference (\\S+), median (\\S+) of")
                .matcher(out);
        assertTrue(line.find(), out);
        assertTrue(Double.parseDouble(line.group(2)) <= MEDIAN_SHARE, out);
    }

    @Test
    void verifiesWithTheBodyWhatOnnxRuntimeCouldNotLoad() throws IOException {
        Cli cli = rewrite(graph("rand-llama-bitlinear-falcon3.dynamo18"), "--verify", "--packing", "ternary20");
        assertEquals(0, cli.code(), cli::err);
        assertTrue(cli.out().contains("ONNX Runtime cannot run the original: "), cli::out);
        assertTrue(cli.out().contains("beside the function body:"), cli::out);
        assertMedian(cli.out(), "logits");
    }

    @Test
    void saysThatThereIsNothingToRewrite() throws IOException {
        Path rewritten = graph("rand-h128.dynamo18");
        assertEquals(0, rewrite(rewritten).code());
        Path once = folder.resolve("once.onnx");
        Files.move(folder.resolve("out.onnx"), once);
        Cli again = rewrite(once);
        assertEquals(0, again.code(), again::err);
        assertTrue(again.err().startsWith("nothing to rewrite: "), again::err);
        assertEquals(-1, Files.mismatch(once, folder.resolve("out.onnx")));
    }

    @Test
    void sizesAreForFreeDimensionsThatThereAre() throws IOException {
        Cli cli = rewrite(graph("rand-h128.kv-dynamo18"), "--verify", "--dim", "width=3");
        assertEquals(1, cli.code());
        assertTrue(cli.err().contains("found no free dimension width, wanted one of ["), cli::err);
    }

    @Test
    void placesThatCannotBeReadOrWrittenAreNamed() throws IOException {
        Path missing = folder.resolve("missing");
        Cli unwritable = Cli.run(
                "rewrite",
                graph("rand-h128.ts17").toString(),
                "-o",
                missing.resolve("out.onnx").toString());
        assertEquals(1, unwritable.code());
        assertEquals(
                "bitnet: " + missing + ": cannot be written to: no such file or directory" + System.lineSeparator(),
                unwritable.err());
        Cli folderAsModel = rewrite(folder);
        assertEquals(1, folderAsModel.code());
        assertEquals(
                "bitnet: " + folder + ": file: found a folder, wanted an ONNX model" + System.lineSeparator(),
                folderAsModel.err());
    }

    @Test
    void refusesToRoundAFloatModel() throws IOException {
        Cli cli = rewrite(graph("rand-h128.dynamo18"), "--ternarize");
        assertEquals(2, cli.code());
        assertTrue(cli.err().contains("without training"), cli::err);
        assertFalse(Files.exists(folder.resolve("out.onnx")));
    }
}
