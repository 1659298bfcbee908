package io.github.bitnetort.cli;

import io.github.bitnetort.export.ProgressListener;
import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A bar on standard error for work that takes long, and only where that is a terminal. Java cannot tell that for standard
 * error, so the launch script does, by a system property.
 */
final class Progress implements ProgressListener, AutoCloseable {
    static final String TERMINAL_PROPERTY = "bitnet.stderr.terminal";

    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int COLUMNS = 78;
    private static final long MIB = 1 << 20;

    private final String task;
    private final PrintStream terminal;
    private final Duration patience;
    private final long start = System.nanoTime();
    private ProgressBar bar;

    /**
     * @param terminal where the bar is drawn; null: nowhere
     * @param patience how long work may take without one
     */
    Progress(String task, PrintStream terminal, Duration patience) {
        this.task = task;
        this.terminal = terminal;
        this.patience = patience;
    }

    static Progress of(String task) {
        return of(task, PATIENCE);
    }

    static Progress of(String task, Duration patience) {
        return new Progress(task, Boolean.getBoolean(TERMINAL_PROPERTY) ? System.err : null, patience);
    }

    @Override
    public void progress(String item, long doneBytes, long totalBytes) {
        if (bar == null && terminal != null && System.nanoTime() - start >= patience.toNanos()) {
            bar = newBar(totalBytes);
        }
        if (bar != null) {
            bar.maxHint(totalBytes);
            bar.stepTo(doneBytes);
        }
    }

    private ProgressBar newBar(long totalBytes) {
        // The consumer is given, so that no terminal library is asked for a width.
        return new ProgressBarBuilder()
                .setTaskName(task)
                .setUnit(" MiB", MIB)
                .setStyle(ProgressBarStyle.ASCII)
                .setConsumer(new ConsoleProgressBarConsumer(terminal, COLUMNS))
                .setInitialMax(totalBytes)
                .build();
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
