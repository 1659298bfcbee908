package io.github.bitnetort.generate;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The Java heap of this module's tests has a fixed size and is touched at start, so that growth is native memory. */
class NativeMemoryTest {
    private static final int ROUNDS = 300;
    private static final int TOKENS = 100;
    private static final long LIMIT_KIB = 8 << 10;

    @Test
    @EnabledOnOs(OS.LINUX)
    void staysFlatOverThousandsOfTokens(@TempDir Path folder) throws Exception {
        CountingModel.write(folder, "{}");
        ModelOptions options = ModelOptions.defaults().withThreads(1).withEngine(ModelOptions.Engine.PORTABLE);
        try (BitNetModel model = BitNetModel.open(folder, options);
                Generator generator = model.generator()) {
            generate(generator);
            long before = residentKib();
            generate(generator);
            long grown = residentKib() - before;
            assertTrue(
                    grown < LIMIT_KIB,
                    () -> grown + " KiB more resident after " + ROUNDS * TOKENS + " tokens, wanted less than "
                            + LIMIT_KIB);
        }
    }

    private static void generate(Generator generator) throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            generator.generate(new long[] {i}, GenerationOptions.greedy(TOKENS));
        }
    }

    private static long residentKib() throws Exception {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
