package io.github.bitnetort.tests.bench;

import ai.onnxruntime.OrtEnvironment;
import io.github.bitnetort.natives.BitMatMulLibrary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** What a benchmark ran on. */
public record Environment(
        String date,
        double loadAverage,
        String cpu,
        int cpus,
        List<String> cpuFeatures,
        String onnxRuntime,
        String jdk,
        String opLibrary,
        String forcedIsa) {

    public static Environment read() throws IOException {
        String forced = System.getenv("BITMATMUL_ISA");
        return new Environment(
                OffsetDateTime.now(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.MINUTES)
                        .toString(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                cpuName(),
                Runtime.getRuntime().availableProcessors(),
                List.copyOf(BitMatMulLibrary.cpuFeatures()),
                OrtEnvironment.getEnvironment().getVersion(),
                Runtime.version().toString(),
                BitMatMulLibrary.version(),
                forced == null ? "not set" : forced);
    }

    /** For people. */
    public List<String> lines() {
        return List.of(
                String.format(Locale.ROOT, "%s, load average %.2f", date, loadAverage),
                String.format("%s, %d CPUs: %s", cpu, cpus, String.join(", ", cpuFeatures)),
                String.format(
                        "ONNX Runtime %s, JDK %s, op library %s, BITMATMUL_ISA %s",
                        onnxRuntime, jdk, opLibrary, forcedIsa));
    }

    private static String cpuName() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }
}
