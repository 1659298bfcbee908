package io.github.bitnetort.tests.clients;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Runs programs; what they print goes into the log of the build. */
public final class Commands {
    /** Several times what the slowest takes: the wait for a program that hangs, not a measure. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

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

    /** What a program printed, standard error included, and its exit code. */
    public record Result(int exitCode, String output) {}

    /** Fails unless the program ends with exit code 0. */
    public void run(Path program, Object... arguments) throws IOException, InterruptedException {
        run(Stream.concat(Stream.of(program), Stream.of(arguments)).toList());
    }

    /** Fails unless the program, the first of the list, ends with exit code 0. */
    void run(List<?> command) throws IOException, InterruptedException {
        assertEquals(0, result(command).exitCode(), () -> "exit code of " + command);
    }

    /** Runs the program, the first of the list, to its end; one that hangs is ended, and its exit code says so. */
    public Result result(List<?> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        command.stream().map(Object::toString).toList())
                .directory(folder.toFile())
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        CompletableFuture.delayedExecutor(LIMIT.toMinutes(), TimeUnit.MINUTES).execute(() -> end(process, command));
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            lines.lines().forEach(line -> {
                System.out.println(line);
                output.append(line).append('\n');
            });
        } finally {
            process.destroy();
        }
        return new Result(process.waitFor(), output.toString());
    }

    private static void end(Process process, List<?> command) {
        if (process.isAlive()) {
            System.out.println("not over after " + LIMIT.toMinutes() + " minutes, ended: " + command);
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
