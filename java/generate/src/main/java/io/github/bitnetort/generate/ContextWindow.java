package io.github.bitnetort.generate;

/**
 * What happens when a sequence becomes longer than the model can or shall see: without a window it ends there; with one
 * the model sees its last tokens only, so that generation can go on without end.
 *
 * <p>As soon as the sequence has more than {@code tokens} tokens, the oldest ones but the first {@code keptFirst} are
 * forgotten, a quarter of the others at once, and the rest goes through the model again, with positions counted anew. The
 * model so sees at most {@code tokens} tokens, at least three quarters of them, and never a cache of forgotten ones.
 *
 * @param tokens at most so many; 0: no window
 * @param keptFirst how many tokens at the beginning are never forgotten: instructions, BOS
 */
public record ContextWindow(int tokens, int keptFirst) {
    /** The sequence ends where the model's positions do. */
    public static final ContextWindow NONE = new ContextWindow(0, 0);

    private static final int SMALLEST = 8;

    /** @throws IllegalArgumentException for 1 to 7 tokens, and for more than half of them to keep */
    public ContextWindow {
        if (tokens != 0 && tokens < SMALLEST) {
            throw new IllegalArgumentException("window: found " + tokens + " tokens, wanted " + SMALLEST + " or more");
        }
        if (keptFirst < 0 || keptFirst > tokens / 2) {
            throw new IllegalArgumentException(
                    "window: found " + keptFirst + " tokens to keep, wanted 0 to half of the window, " + tokens / 2);
        }
    }

    /** The last {@code tokens} tokens, at least 8. */
    public static ContextWindow last(int tokens) {
        if (tokens == 0) {
            throw new IllegalArgumentException("window: found 0 tokens, wanted " + SMALLEST + " or more");
        }
        return new ContextWindow(tokens, 0);
    }

    /** The same, with so many tokens at the beginning that are never forgotten: up to half of the window. */
    public ContextWindow withKeptFirst(int count) {
        return new ContextWindow(tokens, count);
    }

    boolean isNone() {
        return tokens == 0;
    }

    /** How many tokens are forgotten at once where a sequence of {@code length} is too long; 0 where it is not. */
    int forget(int length) {
        if (isNone() || length <= tokens) {
            return 0;
        }
        return Math.max(length - tokens, (tokens - keptFirst) / 4);
    }
}
