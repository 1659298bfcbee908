package io.github.bitnetort.tests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The benchmark program of the native kernels. */
public record NativeBench(Path program) {
    /** Where the build put it. */
    static final String PROPERTY = "bench.native";

    public static NativeBench fromProperty() {
        String path = System.getProperty(PROPERTY);
        if (path == null) {
            throw new IllegalStateException(
                    "system property " + PROPERTY + ": found none, wanted the file of bitmatmul_bench");
        }
        return new NativeBench(Path.of(path));
    }

    /** Runs it and gives its table, a map from column to cell for each row. What it says on standard error is passed on. */
    public List<Map<String, String>> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(Arrays.asList(arguments));
        command.addAll(List.of("--csv", "true"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> lines;
        try (var out = process.getInputStream()) {
            lines = new String(out.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        int code = exitCode(process);
        if (code != 0 || lines.isEmpty()) {
            throw new IOException(
                    String.join(" ", command) + ": ended with " + code + " and " + lines.size() + " lines");
        }
        String[] header = lines.get(0).split(";", -1);
        return lines.stream()
                .skip(1)
                .map(line -> line.split(";", -1))
                .map(cells -> IntStream.range(0, header.length)
                        .boxed()
                        .collect(Collectors.toMap(i -> header[i], i -> cells[i])))
                .toList();
    }

    private static int exitCode(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroy();
            throw new IOException("interrupted", e);
        }
    }
}
