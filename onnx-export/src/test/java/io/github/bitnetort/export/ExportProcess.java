package io.github.bitnetort.export;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Exports in a process of their own, which can be killed. */
final class ExportProcess implements AutoCloseable {
    private static final String HALF = "half";
    private static final long MINUTES = 5;

    private final Process process;
    private final BufferedReader output;

    private ExportProcess(Class<?> program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(new File("/dev/null"))
                .start();
        output = process.inputReader();
    }

    /** An export with overwriting that stops half-way, and is there when this returns. */
    static ExportProcess half(Path checkpoint, Path out) throws IOException {
        ExportProcess half = new ExportProcess(Half.class, List.of(checkpoint.toString(), out.toString()));
        String line = half.output.readLine();
        if (!HALF.equals(line)) {
            half.close();
            throw new IllegalStateException("export: found the line " + line + ", wanted " + HALF);
        }
        return half;
    }

    /** Exports with overwriting, one after the other, which another export may keep out. */
    static ExportProcess many(Path checkpoint, Path out, int times) throws IOException {
        return new ExportProcess(Many.class, List.of(checkpoint.toString(), out.toString(), Integer.toString(times)));
    }

    /** Lets it end by itself, and returns the lines that it printed. */
    List<String> lines() throws InterruptedException {
        List<String> lines = output.lines().toList();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new IllegalStateException("export: found an error, see above; wanted none; output " + lines);
        }
        return lines;
    }

    /** Ends it, so that it can clean up. */
    void end() throws InterruptedException {
        process.destroy();
        process.waitFor(MINUTES, TimeUnit.MINUTES);
    }

    /** Kills it, so that it cannot. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor(MINUTES, TimeUnit.MINUTES);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The program of {@link #half}. */
    static final class Half {
        private Half() {}

        public static void main(String[] args) throws IOException {
            ExportOptions options = ExportOptions.DEFAULT.withOverwrite(true);
            ModelExporter.export(Path.of(args[0]), Path.of(args[1]), options, (item, done, total) -> {
                if (done > total / 2) {
                    System.out.println(HALF);
                    sleep();
                }
            });
        }

        private static void sleep() {
            try {
                TimeUnit.MINUTES.sleep(MINUTES);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The program of {@link #many}. */
    static final class Many {
        private Many() {}

        public static void main(String[] args) throws IOException {
            for (int i = 0; i < Integer.parseInt(args[2]); i++) {
                System.out.println(outcome(Path.of(args[0]), Path.of(args[1])));
            }
        }
    }

    static final String DONE = "done";

    /** {@link #DONE}, or why an export with overwriting was refused. */
    static String outcome(Path checkpoint, Path out) throws IOException {
        try {
            ExportOptions options = ExportOptions.DEFAULT.withOverwrite(true);
            ModelExporter.export(checkpoint, out, options, ProgressListener.NONE);
            return DONE;
        } catch (ExportException e) {
            return e.getMessage();
        }
    }
}
