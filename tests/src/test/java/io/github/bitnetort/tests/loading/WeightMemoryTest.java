package io.github.bitnetort.tests.loading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.runtime.WeightMemory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where 200 MB of weights are. Mapped, a session adds no anonymous memory for them; in huge pages, it adds that and
 * nothing of the file stays. The figures are the operating system's own, read in a process that does nothing else.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "reads /proc/self/smaps_rollup")
class WeightMemoryTest {
    /** 65,536 x 12,800 weights of two bits. */
    private static final BitMatMulSpec SPEC = new BitMatMulSpec(65_536, 12_800, Packing.TERNARY16, Activation.INT8, 0);

    private static final long WEIGHT_BYTES = 4L * SPEC.layout().wordCount();

    /** What a session costs whatever its weights: threads' stacks, arenas, Java classes. */
    private static final long ALLOWED_GROWTH = 16L << 20;

    @TempDir
    static Path folder;

    private static WeightMemoryProbe.Result mapped;

    @BeforeAll
    static void openMapped() throws Exception {
        assertEquals(209_715_200, WEIGHT_BYTES);
        writeModel(folder.resolve("model.onnx"));
        mapped = probe(WeightMemory.MAPPED);
    }

    @Test
    void mappedWeightsAddNoAnonymousMemory() {
        check("anonymous memory", mapped.open().anonymous(), WeightMemoryTest::isSmall);
        check("mapped memory", mapped.open().ofFiles(), WeightMemoryTest::isTheWeights);
        check("mapped memory after closing", mapped.closed().ofFiles(), WeightMemoryTest::isSmall);
    }

    @Test
    @EnabledIf(
            value = "io.github.bitnetort.tests.loading.HugePages#areAllowed",
            disabledReason = "this system gives no huge pages")
    void weightsInHugePagesLeaveTheFile() throws Exception {
        WeightMemoryProbe.Result huge = probe(WeightMemory.HUGE_PAGES);
        check("anonymous memory", huge.open().anonymous(), WeightMemoryTest::isTheWeights);
        check("mapped memory", huge.open().ofFiles(), WeightMemoryTest::isSmall);
        // How much of it Linux can make huge depends on what is free in one piece.
        check("huge pages", huge.open().huge(), bytes -> bytes > 0);
        check("anonymous memory after closing", huge.closed().anonymous(), WeightMemoryTest::isSmall);
        assertEquals(mapped.hashOfY(), huge.hashOfY(), "other results than with mapped weights");
    }

    private static boolean isSmall(long bytes) {
        return bytes < ALLOWED_GROWTH;
    }

    private static boolean isTheWeights(long bytes) {
        return Math.abs(bytes - WEIGHT_BYTES) < ALLOWED_GROWTH;
    }

    private static void check(String what, long growth, LongPredicate wanted) {
        System.out.printf("%.1f MB of weights: %s grew by %.1f MB%n", WEIGHT_BYTES / 1e6, what, growth / 1e6);
        assertTrue(wanted.test(growth), what + " grew by " + growth + " bytes");
    }

    private static void writeModel(Path file) throws IOException {
        int[] words = new int[SPEC.layout().wordCount()];
        for (int i = 0; i < words.length; i++) {
            words[i] = 0x86428642 ^ (i & 0x00140014); // codes 0, 1 and 2
        }
        SingleNodeModel.of(SPEC, PackedWeights.of(SPEC.layout(), words), new float[] {0.5f}, null)
                .write(file, ModelWriter.Storage.EXTERNAL);
    }

    private static WeightMemoryProbe.Result probe(WeightMemory weights) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WeightMemoryProbe.class.getName(),
                        folder.resolve("model.onnx").toString(),
                        Integer.toString(SPEC.k()),
                        weights.name()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), "the probe failed: " + output);
        return WeightMemoryProbe.Result.parse(output);
    }
}
