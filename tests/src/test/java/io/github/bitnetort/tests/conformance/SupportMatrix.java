package io.github.bitnetort.tests.conformance;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.NativeKernel;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the native library must at least run, by instruction set. The CPU is asked through the operating system and not
 * through the library: a kernel that wrongly thinks itself unavailable must fail a test, not skip it.
 */
final class SupportMatrix {
    /**
     * @param isa what {@code BITMATMUL_ISA} calls it
     * @param cpuFlags what Linux calls the features in /proc/cpuinfo
     */
    record Row(String isa, Set<String> cpuFlags, Set<Packing> packings, Set<Activation> activations, boolean blocks) {
        boolean has(Variant variant) {
            return packings.contains(variant.packing())
                    && activations.contains(variant.activation())
                    && (blocks || variant.blockSize() == 0);
        }
    }

    private static final List<Row> EXPECTED = List.of(
            new Row("scalar", Set.of(), Set.of(Packing.values()), Set.of(Activation.values()), true),
            new Row("avx2", Set.of("avx2"), Set.of(Packing.values()), Set.of(Activation.values()), true),
            new Row(
                    "avx_vnni",
                    Set.of("avx2", "avx_vnni"),
                    Set.of(Packing.values()),
                    Set.of(Activation.values()),
                    true),
            new Row(
                    "avx512_vnni",
                    Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"),
                    Set.of(Packing.values()),
                    Set.of(Activation.values()),
                    true),
            new Row(
                    "avx512_vbmi",
                    Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512vbmi"),
                    Set.of(Packing.TERNARY20),
                    Set.of(Activation.values()),
                    false),
            new Row(
                    "avx512_vpopcntdq",
                    Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vpopcntdq"),
                    Set.of(Packing.BINARY32),
                    Set.of(Activation.SIGN),
                    false),
            new Row(
                    "amx",
                    Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "amx_tile", "amx_int8"),
                    Set.of(Packing.values()),
                    Set.of(Activation.INT8),
                    false));

    private SupportMatrix() {}

    /** The rows whose instruction set this CPU has. */
    static List<Row> expectedHere() {
        Set<String> flags = cpuFlags();
        return EXPECTED.stream()
                .filter(row -> flags.containsAll(row.cpuFlags()))
                .toList();
    }

    /** The instruction sets that must run here, and whatever else the library says it can run. */
    static List<String> isasToTest() {
        Set<String> isas = new LinkedHashSet<>();
        expectedHere().forEach(row -> isas.add(row.isa()));
        BitMatMulLibrary.kernels().stream().filter(NativeKernel::available).forEach(kernel -> isas.add(kernel.isa()));
        return List.copyOf(isas);
    }

    /** Whether the instruction set must run the variant, or the library says that it does. */
    static boolean runs(String isa, Variant variant) {
        return expectedHere().stream().anyMatch(row -> row.isa().equals(isa) && row.has(variant))
                || BitMatMulLibrary.kernels().stream()
                        .anyMatch(kernel -> kernel.isa().equals(isa) && has(kernel, variant));
    }

    private static boolean has(NativeKernel kernel, Variant variant) {
        return kernel.available()
                && kernel.packings().contains(variant.packing().onnxName())
                && kernel.activations().contains(variant.activation().onnxName())
                && (kernel.blockScales() || variant.blockSize() == 0);
    }

    private static Set<String> cpuFlags() {
        Path cpuInfo = Path.of("/proc/cpuinfo");
        if (!Files.exists(cpuInfo)) {
            return Set.of();
        }
        try (var lines = Files.lines(cpuInfo)) {
            return lines.filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> Set.copyOf(Arrays.asList(
                            line.substring(line.indexOf(':') + 1).trim().split(" +"))))
                    .orElse(Set.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
