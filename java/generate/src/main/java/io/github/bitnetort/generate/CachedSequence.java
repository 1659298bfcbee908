package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/** The sequence that is in the model's cache: which tokens it has, and how it goes on. */
final class CachedSequence implements AutoCloseable {
    private final BitNetModel model;
    private DecoderState state;
    private long[] tokens = new long[64];
    private int length;

    CachedSequence(BitNetModel model) {
        this.model = model;
    }

    /** Tokens that it has. */
    int length() {
        return length;
    }

    /** Forgets the tokens, keeping the memory. */
    void clear() throws OrtException {
        length = 0;
        if (state != null) {
            state.clear();
        }
    }

    /** Room for so many tokens in all, or twice what there was; what is cached stays. */
    void reserve(int positions, int most) throws OrtException {
        if (state == null) {
            state = model.newState(1, positions);
        } else if (state.capacity() < positions) {
            state.grow((int) Math.max(positions, Math.min(2L * state.capacity(), most)));
        }
    }

    /**
     * How many of these tokens are cached, so that reading them can go on from there: those at the beginning that both have,
     * but never all, as the last one's logits are wanted.
     */
    int reusable(long[] ids) {
        int most = Math.min(length, ids.length - 1);
        int differing = Arrays.mismatch(tokens, 0, most, ids, 0, most);
        return differing < 0 ? most : differing;
    }

    /**
     * Makes these tokens the sequence, reading those that are not {@link #reusable}.
     *
     * @param cancelled asked before each chunk
     * @return the last token's logits, valid until the next call; null where it was cancelled
     */
    FloatBuffer read(long[] ids, BooleanSupplier cancelled) throws OrtException {
        int from = reusable(ids);
        state.truncate(from);
        length = from;
        return feed(Arrays.copyOfRange(ids, from, ids.length), cancelled);
    }

    /** One more token, where the window leaves room; else the rest of the sequence is read again with it. */
    FloatBuffer append(long token, ContextWindow window, BooleanSupplier cancelled) throws OrtException {
        if (window.forget(length + 1) == 0) {
            return feed(new long[] {token}, () -> false);
        }
        long[] longer = Arrays.copyOf(tokens, length + 1);
        longer[length] = token;
        return read(visible(longer, window), cancelled);
    }

    /** What a window leaves of a sequence. */
    static long[] visible(long[] ids, ContextWindow window) {
        int forgotten = window.forget(ids.length);
        if (forgotten == 0) {
            return ids;
        }
        int kept = window.keptFirst();
        long[] visible = Arrays.copyOf(ids, ids.length - forgotten);
        System.arraycopy(ids, kept + forgotten, visible, kept, visible.length - kept);
        return visible;
    }

    private FloatBuffer feed(long[] more, BooleanSupplier cancelled) throws OrtException {
        FloatBuffer logits;
        try {
            logits = state.feed(more, cancelled);
        } catch (OrtException | RuntimeException e) {
            length = 0; // nobody knows what the cache holds now
            state.clear();
            throw e;
        }
        int read = state.length() - length;
        if (length + read > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, length + read));
        }
        System.arraycopy(more, 0, tokens, length, read);
        length += read;
        return logits;
    }

    /** Releases the memory; the object may be used again. */
    @Override
    public void close() {
        length = 0;
        if (state != null) {
            state.close();
            state = null;
        }
    }
}
