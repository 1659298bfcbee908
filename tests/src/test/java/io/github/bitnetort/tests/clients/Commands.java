package io.github.bitnetort.tests.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runs programs; what they print goes into the log of the build. */
public final class Commands {
    private final Path folder;
    private final Map<String, String> environment;

    private Commands(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = environment;
    }

    /** In that working directory, with those variables added to the environment. */
    public static Commands in(Path folder, Map<String, String> environment) {
        return new Commands(folder, environment);
    }

    public static Commands in(Path folder) {
        return in(folder, Map.of());
    }

    /** Fails unless the program ends with exit code 0. */
    public void run(Path program, Object... arguments) throws IOException, InterruptedException {
        List<String> command = Stream.concat(Stream.of(program), Stream.of(arguments))
                .map(Object::toString)
                .toList();
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(System.out::println);
        } finally {
            process.destroy();
        }
        assertEquals(0, process.waitFor(), () -> "exit code of " + String.join(" ", command));
    }
}
