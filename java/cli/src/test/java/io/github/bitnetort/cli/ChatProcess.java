package io.github.bitnetort.cli;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The command line in a process of its own, which signals reach. It is killed after some minutes: then what waits for it
 * fails, as it has said nothing.
 */
final class ChatProcess implements AutoCloseable {
    private static final long MINUTES = 5;
    private static final String LIBRARY_CACHE = "org.bytedeco.javacpp.cachedir";
    private static final Signal INTERRUPT = new Signal("INT");

    private final Process process;
    private final BufferedWriter in;
    private final InputStream out;
    private final BufferedReader err;

    private ChatProcess(List<String> command) throws IOException {
        process = new ProcessBuilder(command).start();
        process.onExit().orTimeout(MINUTES, TimeUnit.MINUTES).exceptionally(late -> process.destroyForcibly());
        in = process.outputWriter();
        out = process.getInputStream();
        err = process.errorReader();
    }

    static ChatProcess start(List<String> jvmFlags, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (interruptIsIgnored()) {
            command.addAll(List.of("env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        String cache = System.getProperty(LIBRARY_CACHE);
        if (cache != null) {
            command.add("-D" + LIBRARY_CACHE + "=" + cache);
        }
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ChatProcess(command);
    }

    /** A shell without job control starts programs in its background so, and they their children. */
    private static boolean interruptIsIgnored() {
        SignalHandler before = Signal.handle(INTERRUPT, SignalHandler.SIG_DFL);
        Signal.handle(INTERRUPT, before);
        return before == SignalHandler.SIG_IGN;
    }

    void say(String line) throws IOException {
        out.skipNBytes(out.available());
        in.write(line);
        in.newLine();
        in.flush();
    }

    /** Returns when an answer begins. */
    void awaitText() throws IOException {
        if (out.read() < 0) {
            throw new IllegalStateException(
                    "chat: found no answer, wanted one; " + err.lines().toList());
        }
    }

    /** What Ctrl-C does. */
    void interrupt() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                .inheritIO()
                .start();
        if (kill.waitFor() != 0) {
            throw new IllegalStateException("kill: found exit code " + kill.exitValue() + ", wanted 0");
        }
    }

    /** The line of {@code --stats} after an answer. */
    String awaitReport() throws IOException {
        List<String> others = new ArrayList<>();
        for (String line = err.readLine(); line != null; line = err.readLine()) {
            if (line.contains("; ended by ")) {
                return line;
            }
            others.add(line);
        }
        throw new IllegalStateException("chat: found no report of an answer that ended, wanted one; " + others);
    }

    /** Waits for its end. */
    int exitCode() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
