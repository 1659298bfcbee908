package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.tests.clients.Commands;
import io.github.bitnetort.tests.clients.Toolset;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All cases in ONNX Runtime for 64-bit ARM under QEMU, with the op library that the Maven profile aarch64 builds. */
class Aarch64ConformanceTest {
    private static final Path CASES = Path.of("target", "plain-cases").toAbsolutePath();

    private static Path build;

    @BeforeAll
    static void writeCases() throws Exception {
        Toolset.AARCH64.require();
        String folder = System.getProperty("test.aarch64.build", "");
        if (folder.isEmpty()) {
            Toolset.leaveOut(Toolset.AARCH64_IS_OFF);
        }
        build = Path.of(folder).toAbsolutePath().normalize();
        PlainCaseFiles.main(new String[] {CASES.toString()});
    }

    /** With NEON alone; with the dot product; with all that QEMU emulates. */
    @ParameterizedTest
    @ValueSource(strings = {"cortex-a72", "neoverse-n1", "max"})
    void sameBits(String cpu) throws Exception {
        Commands.in(CASES)
                .run(
                        Toolset.program("qemu-aarch64"),
                        "-L",
                        build.resolve("emulator-root"),
                        "-cpu",
                        cpu,
                        build.resolve("test/ort_cases"),
                        CASES.resolve("libonnxruntime.so"),
                        build.resolve("libbitmatmul.so"),
                        CASES);
    }
}
