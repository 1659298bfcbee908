package io.github.bitnetort.tests.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The trained model in DJL's engine for ONNX Runtime, with the op library as {@code customOpLibrary} and without it. */
class DjlClientTest {
    /** This module's, as in all tests. */
    private static final Path FOLDER = Path.of("").toAbsolutePath();

    @Test
    void sameTokensAsHuggingFaceWithTheOpLibrary() throws Exception {
        Commands.in(FOLDER).run(java("op-library"));
    }

    @Test
    void sameTokensAsHuggingFaceWithTheFunctionBody() throws Exception {
        Commands.in(FOLDER).run(java());
    }

    /** Told to use a kernel that does not exist, the op library refuses: it really is what runs the nodes. */
    @Test
    void theOpLibraryIsUsed() throws Exception {
        Commands.Result result =
                Commands.in(FOLDER, Map.of("BITMATMUL_ISA", "none")).result(java("op-library"));
        assertEquals(1, result.exitCode());
        assertTrue(result.output().contains("unknown name 'none'"), result::output);
    }

    private static List<Object> java(String... arguments) {
        List<Object> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx512m",
                "-Dorg.bytedeco.javacpp.cachedir=" + System.getProperty("org.bytedeco.javacpp.cachedir"),
                "-cp",
                System.getProperty("java.class.path"),
                DjlProgram.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }
}
