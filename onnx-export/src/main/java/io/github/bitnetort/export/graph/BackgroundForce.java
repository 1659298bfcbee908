package io.github.bitnetort.export.graph;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Has a file's bytes brought to the disk while more are made, so that little is left to wait for at the end. */
final class BackgroundForce implements Closeable {
    private static final long STEP = 1 << 26;

    private final FileChannel file;
    private final ExecutorService thread = Threads.start(1);
    private Future<?> last;
    private long waiting;

    BackgroundForce(FileChannel file) {
        this.file = file;
    }

    /** @throws IOException where bytes written earlier did not reach the disk: a file tells that only once */
    void written(long bytes) throws IOException {
        waiting += bytes;
        if (waiting >= STEP && (last == null || last.isDone())) {
            finish();
            waiting = 0;
            last = thread.submit(() -> {
                file.force(false);
                return null;
            });
        }
    }

    /** Waits for what is on its way. */
    void finish() throws IOException {
        if (last != null) {
            Threads.result(last, "external data");
        }
    }

    @Override
    public void close() {
        Threads.stop(thread);
    }
}
