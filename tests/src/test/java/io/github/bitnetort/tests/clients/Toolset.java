package io.github.bitnetort.tests.clients;

import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.NativeKernel;
import io.github.bitnetort.tests.loading.HugePages;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Programs that some tests run beside JDK, Maven, CMake and a C++ compiler. Where one is missing those tests are left out
 * by name, and the build says so once more at its end; in continuous integration (environment variable {@code CI}) a
 * missing program is a failure.
 */
public enum Toolset {
    /** A virtual environment of Python 3.11 or later. */
    PYTHON("Python's ONNX Runtime and the format of C++", "python3 python3-venv", "python3"),
    /** ONNX Runtime's C header comes from the npm registry. */
    C("ONNX Runtime's C API", "cmake npm", "cmake", "npm"),
    /** Version 20 or later. */
    NODE("ONNX Runtime for Node.js", "nodejs npm", "node", "npm"),
    /** Headless. */
    BROWSER("ONNX Runtime in a browser", "nodejs npm chromium", "node", "npm", "chromium"),
    /** Together with the Maven profile of that name. */
    AARCH64("64-bit ARM under QEMU", "g++-aarch64-linux-gnu qemu-user", "aarch64-linux-gnu-g++", "qemu-aarch64"),
    /** Run by ctest. */
    VALGRIND("counts of instructions", "valgrind", "valgrind");

    /** Why the tests on 64-bit ARM are left out where all programs are here. */
    public static final String AARCH64_IS_OFF = "LEFT OUT: 64-bit ARM under QEMU; the Maven profile aarch64 is off: "
            + "-DskipAarch64, or not on x86-64, or no /usr/bin/aarch64-linux-gnu-g++";

    private final String subject;
    private final String packages;
    private final List<String> programs;

    Toolset(String subject, String packages, String... programs) {
        this.subject = subject;
        this.packages = packages;
        this.programs = List.of(programs);
    }

    /** Leaves the calling test out, or in continuous integration fails it, where a program is missing. */
    public void require() {
        missing().ifPresent(Toolset::leaveOut);
    }

    /** Leaves the calling test out, or fails it in continuous integration. */
    public static void leaveOut(String reason) {
        if (isContinuousIntegration()) {
            Assertions.fail("in continuous integration nothing is left out: " + reason);
        }
        System.out.println(reason);
        Assumptions.abort(reason);
    }

    /** A sentence on what is left out for which missing programs; empty where all are here. */
    Optional<String> missing() {
        List<String> missing =
                programs.stream().filter(name -> find(name).isEmpty()).toList();
        return missing.isEmpty()
                ? Optional.empty()
                : Optional.of("LEFT OUT: %s; found no %s on PATH; Debian's packages: %s"
                        .formatted(subject, String.join(", ", missing), packages));
    }

    static boolean isContinuousIntegration() {
        return !System.getenv().getOrDefault("CI", "").isEmpty();
    }

    /** The program's file. */
    public static Path program(String name) {
        return find(name).orElseThrow(() -> new AssertionError("found no " + name + " on PATH"));
    }

    /** What no program could add: tests that need another CPU or system. */
    static List<String> ofThisMachine(List<NativeKernel> kernels, boolean hugePages) {
        List<String> leftOut = new ArrayList<>();
        for (NativeKernel kernel : kernels) {
            if (!kernel.available()) {
                leftOut.add("LEFT OUT: kernel %s; this CPU lacks %s".formatted(kernel.name(), kernel.missing()));
            }
        }
        leftOut.add(
                hugePages
                        ? "LEFT OUT: the refusal of huge pages; this system gives them"
                        : "LEFT OUT: weights in huge pages; this system gives none");
        return leftOut;
    }

    private static Optional<Path> find(String name) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(folder -> Stream.of(name, name + ".exe", name + ".cmd")
                        .map(file -> Path.of(folder).resolve(file)))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /**
     * Prints what the build left out: its last words.
     *
     * @param args the build folder for 64-bit ARM; none or an empty one where that was not built
     */
    public static void main(String[] args) throws IOException {
        List<String> leftOut = new ArrayList<>();
        for (Toolset toolset : values()) {
            toolset.missing().ifPresent(leftOut::add);
        }
        if (String.join("", args).isEmpty() && AARCH64.missing().isEmpty()) {
            leftOut.add(AARCH64_IS_OFF);
        }
        leftOut.addAll(ofThisMachine(BitMatMulLibrary.kernels(), HugePages.areAllowed()));
        System.out.println(String.join(System.lineSeparator(), leftOut));
    }
}
