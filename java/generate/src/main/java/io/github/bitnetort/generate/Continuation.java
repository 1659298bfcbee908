package io.github.bitnetort.generate;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** How one prompt goes on: chooses its tokens from logits, tells of them, and knows when it ends and why. */
final class Continuation {
    private final long[] promptIds;
    private final int maxPositions;
    private final GenerationOptions options;
    private final TokenListener listener;
    private final Set<Long> ends;
    private final TextStream text;
    private final Sampler sampler;
    private final List<Long> ids = new ArrayList<>();
    private final long start = System.nanoTime();

    private StopReason reason;
    private long firstToken;
    private long end;

    /** @throws IllegalStateException when there are stop strings, and the model has no tokenizer */
    Continuation(BitNetModel model, long[] promptIds, GenerationOptions options, TokenListener listener) {
        this.promptIds = promptIds;
        this.options = options;
        this.listener = listener;
        maxPositions = model.config().positions();
        ends = options.endOfSequence() == GenerationOptions.EndOfSequence.STOP
                ? model.config().endOfSequenceIds()
                : Set.of();
        text = text(model, options);
        sampler = new Sampler(options.sampling());
        sampler.observe(promptIds);
    }

    private static TextStream text(BitNetModel model, GenerationOptions options) {
        if (model.tokenizer().isEmpty() && options.stopStrings().isEmpty()) {
            return TextStream.none();
        }
        return TextStream.of(model.requireTokenizer().streamingDecoder(), options.stopStrings());
    }

    /**
     * Chooses the next token.
     *
     * @return whether one more is wanted: then {@link #token()} is what the model has to read
     */
    boolean next(FloatBuffer logits) {
        long token = sampler.next(logits);
        noteFirstToken();
        if (ends.contains(token)) {
            end(StopReason.END_OF_SEQUENCE);
            return false;
        }
        ids.add(token);
        boolean wantsMore = listener.onToken(token, text.next(token));
        StopReason now = reason(wantsMore);
        if (now != null) {
            end(now);
        }
        return now == null;
    }

    /** Ends it because nobody wants more. */
    void cancel() {
        noteFirstToken();
        end(StopReason.CANCELLED);
    }

    boolean isCancelled() {
        return options.isCancelled();
    }

    /** The token that was chosen last. */
    long token() {
        return ids.get(ids.size() - 1);
    }

    /** Prompt and new tokens. */
    long[] sequence() {
        long[] sequence = Arrays.copyOf(promptIds, promptIds.length + ids.size());
        for (int i = 0; i < ids.size(); i++) {
            sequence[promptIds.length + i] = ids.get(i);
        }
        return sequence;
    }

    int promptTokens() {
        return promptIds.length;
    }

    /**
     * @param reused tokens of the prompt that were in the cache already
     * @param read those that the model read
     */
    GenerationResult result(int reused, int read) {
        return new GenerationResult(
                promptIds.length, reused, read, ids, text.all(), reason, firstToken - start, end - firstToken);
    }

    private void noteFirstToken() {
        if (firstToken == 0) {
            firstToken = System.nanoTime();
        }
    }

    private void end(StopReason why) {
        reason = why;
        end = System.nanoTime();
        listener.onEnd(text.end());
    }

    private StopReason reason(boolean wantsMore) {
        if (text.stopped()) {
            return StopReason.STOP_STRING;
        }
        if (!wantsMore) {
            return StopReason.LISTENER;
        }
        if (ids.size() == options.maxNewTokens()) {
            return StopReason.MAX_NEW_TOKENS;
        }
        if (options.isCancelled()) {
            return StopReason.CANCELLED;
        }
        boolean full = options.window().isNone() && promptIds.length + ids.size() > maxPositions;
        return full ? StopReason.CONTEXT_FULL : null;
    }
}
