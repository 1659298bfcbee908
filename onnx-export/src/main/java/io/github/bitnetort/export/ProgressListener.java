package io.github.bitnetort.export;

/** Told what long work has done; called from the working thread, often, so it should return at once. */
@FunctionalInterface
public interface ProgressListener {
    /** Hears nothing. */
    ProgressListener NONE = (item, done, total) -> {};

    /**
     * Some bytes more are written.
     *
     * @param item the tensor at work
     * @param doneBytes bytes written, of all tensors together; never falls
     * @param totalBytes bytes there will be
     */
    void progress(String item, long doneBytes, long totalBytes);
}
