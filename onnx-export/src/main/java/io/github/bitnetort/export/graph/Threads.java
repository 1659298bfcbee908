package io.github.bitnetort.export.graph;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads that read and write files: they are never interrupted, which would close the files for all. */
final class Threads {
    private Threads() {}

    /** So many threads that do not keep a program alive. */
    static ExecutorService start(int count) {
        return Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(work, "bitnet-export");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** The result of some work, or its failure, {@code what} being named where that is an {@link IOException}. */
    static <T> T result(Future<T> work, String what) throws IOException {
        try {
            return work.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new IOException(what + ": " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(what + ": interrupted");
        }
    }

    /** Ends threads and waits for what they are at: what they read from may be closed next. */
    static void stop(ExecutorService threads) {
        threads.shutdown();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
