package io.github.bitnetort.generate;

/**
 * Ends generations from another thread: within a token, or within a chunk of the prompt. What was generated until then
 * is the result, with {@link StopReason#CANCELLED}. Interrupting the thread that generates does the same (and leaves it
 * interrupted).
 */
public final class Cancellation {
    private volatile boolean cancelled;

    /** Ends all generations that were given this object, and those that will be. May be called from any thread. */
    public void cancel() {
        cancelled = true;
    }

    /** Whether it was asked for. */
    public boolean isCancelled() {
        return cancelled;
    }
}
