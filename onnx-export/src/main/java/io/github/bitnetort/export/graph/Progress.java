package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ProgressListener;

/** Counts bytes that are written and tells a listener. */
final class Progress {
    private final ProgressListener listener;
    private final long total;
    private long done;

    Progress(ProgressListener listener, long total) {
        this.listener = listener;
        this.total = total;
    }

    /** So many bytes more of a tensor. */
    void written(String item, long bytes) {
        done += bytes;
        listener.progress(item, done, total);
    }
}
