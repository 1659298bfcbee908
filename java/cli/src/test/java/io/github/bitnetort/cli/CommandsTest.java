package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandsTest {
    @Test
    void inspectListsNodesAndWhatIsNotTernary(@TempDir Path folder) {
        String model = Fixtures.export("kjv-bitnet", folder.resolve("model"));
        for (String path : List.of(model, Path.of(model, "model.onnx").toString())) {
            Cli cli = Cli.run("inspect", path);
            assertEquals(0, cli.code(), cli::err);
            assertEquals("", cli.err());
            assertTrue(cli.out().contains("\n24 CustomBitMatMul nodes\n"), cli::out);
            assertTrue(cli.out().contains("model.layers.5.mlp.down_proj"), cli::out);
            assertTrue(cli.out().contains("constants that are not ternary"), cli::out);
            assertTrue(cli.out().contains("portable body  yes"), cli::out);
        }
    }

    @Test
    void libraryPathIsOneLine() {
        Cli cli = Cli.run("library-path");
        assertEquals(0, cli.code(), cli::err);
        assertEquals("", cli.err());
        assertTrue(Files.isRegularFile(Path.of(cli.out().strip())), cli::out);
    }

    @Test
    void doctorSaysWhatRunsAndWhy() {
        Cli cli = Cli.run("doctor");
        assertEquals(0, cli.code(), cli::err);
        assertEquals("", cli.err());
        for (String wanted :
                List.of("pure Java", "ONNX Runtime   1.", "op library", "CPU features", "BITMATMUL_ISA", "scalar")) {
            assertTrue(cli.out().contains(wanted), () -> wanted + " in " + cli.out());
        }
        assertTrue(cli.out().lines().anyMatch(line -> line.matches("ternary16 +int8 .*")), cli::out);
        assertTrue(cli.out().lines().anyMatch(line -> line.matches("8 and 4 bits +fixed point .*")), cli::out);
        assertTrue(cli.out().lines().anyMatch(line -> line.matches("float16 +float32 .*")), cli::out);
    }

    @Test
    void demoShowsTextAgreementAndSpeed() {
        Cli cli = Cli.run("demo", "-n", "8");
        assertEquals(0, cli.code(), cli::err);
        assertEquals("", cli.err());
        for (String wanted : List.of(
                "In the beginning of the world is come;",
                "model.layers.5.mlp.down_proj",
                "All three agree in every bit of 58368 outputs.",
                "with the op library",
                "Both gave the same tokens.")) {
            assertTrue(cli.out().contains(wanted), () -> wanted + " in " + cli.out());
        }
    }

    @Test
    void differingBitsAreCounted() {
        assertEquals(0, LayerProof.differingBits(new float[] {1, -0.0f}, new float[] {1, -0.0f}));
        assertEquals(1, LayerProof.differingBits(new float[] {1, 0.0f}, new float[] {1, -0.0f}));
        assertEquals(2, LayerProof.differingBits(new float[] {1, 0}, new float[] {Math.nextUp(1f), -0.0f}));
    }
}
