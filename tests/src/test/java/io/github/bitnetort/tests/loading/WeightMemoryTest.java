package io.github.bitnetort.tests.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weights stay where the file is mapped: a session with 200 MB of them adds no anonymous memory. The figures are the
 * operating system's own, read in a process that does nothing else.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/smaps_rollup")
class WeightMemoryTest {
    /** 65,536 x 12,800 weights of two bits. */
    private static final BitMatMulSpec SPEC = new BitMatMulSpec(65_536, 12_800, Packing.TERNARY16, Activation.INT8, 0);

    private static final long WEIGHT_BYTES = 4L * SPEC.layout().wordCount();

    /** What a session costs whatever its weights: threads' stacks, arenas, Java classes. */
    private static final long ALLOWED_GROWTH = 16L << 20;

    @Test
    void sessionAddsNoAnonymousMemoryForItsWeights(@TempDir Path folder) throws Exception {
        assertEquals(209_715_200, WEIGHT_BYTES);
        Path model = folder.resolve("model.onnx");
        writeModel(model);

        WeightMemoryProbe.Result result = probe(model);
        System.out.printf(
                "%.1f MB of weights: session and a run add %.1f MB of anonymous and %.1f MB of mapped memory%n",
                WEIGHT_BYTES / 1e6, result.anonymousGrowth() / 1e6, result.fileGrowth() / 1e6);
        assertTrue(
                result.anonymousGrowth() < ALLOWED_GROWTH,
                "anonymous memory grew by " + result.anonymousGrowth() + " bytes, wanted below " + ALLOWED_GROWTH);
        assertTrue(
                result.fileGrowth() > WEIGHT_BYTES - ALLOWED_GROWTH,
                "the run touched every weight, but mapped memory grew by only " + result.fileGrowth() + " bytes");
    }

    private static void writeModel(Path file) throws IOException {
        int[] words = new int[SPEC.layout().wordCount()];
        Arrays.fill(words, 0x86428642); // codes 0, 1 and 2
        SingleNodeModel.of(SPEC, PackedWeights.of(SPEC.layout(), words), new float[] {0.5f}, null)
                .write(file, ModelWriter.Storage.EXTERNAL);
    }

    private static WeightMemoryProbe.Result probe(Path model) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WeightMemoryProbe.class.getName(),
                        model.toString(),
                        Integer.toString(SPEC.k())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), "the probe failed: " + output);
        return WeightMemoryProbe.Result.parse(output);
    }
}
