package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Generates one sequence at a time from a model, reusing its memory from one to the next. Not thread-safe: take one for
 * each thread; any number of them may generate at once from one model, each getting the tokens that it would get alone.
 */
public final class Generator implements AutoCloseable {
    private static final TokenListener SILENT = (tokenId, text) -> true;

    private final BitNetModel model;
    private final CachedSequence sequence;

    Generator(BitNetModel model) {
        this.model = model;
        sequence = new CachedSequence(model);
    }

    public GenerationResult generate(String prompt, GenerationOptions options) throws OrtException {
        return generate(prompt, options, SILENT);
    }

    /**
     * @throws IllegalStateException when the model has no tokenizer
     * @throws IllegalArgumentException when the prompt is longer than the model's positions and there is no window, or has
     *     no token
     */
    public GenerationResult generate(String prompt, GenerationOptions options, TokenListener listener)
            throws OrtException {
        return generate(model.requireTokenizer().encode(prompt), options, listener);
    }

    public GenerationResult generate(long[] promptIds, GenerationOptions options) throws OrtException {
        return generate(promptIds, options, SILENT);
    }

    /**
     * @param promptIds the prompt's tokens, BOS included where the model wants one
     * @throws IllegalArgumentException when there are none, one is outside the vocabulary, or they are more than the
     *     model's positions and there is no window
     */
    public GenerationResult generate(long[] promptIds, GenerationOptions options, TokenListener listener)
            throws OrtException {
        sequence.clear();
        return proceed(promptIds, options, listener, 0);
    }

    /**
     * As {@link #generate(long[], GenerationOptions, TokenListener)}, reading only what the cache does not hold yet.
     *
     * @param room positions to have room for at least, where the model has them
     */
    GenerationResult proceed(long[] promptIds, GenerationOptions options, TokenListener listener, int room)
            throws OrtException {
        int limit = check(promptIds, options.window());
        TextStream text = text(options);
        Sampler sampler = new Sampler(options.sampling());
        sampler.observe(promptIds);
        // The last new token is chosen from the position before it, and needs none itself.
        long positions = Math.min(Math.max((long) promptIds.length + options.maxNewTokens() - 1, room), limit);
        sequence.reserve((int) positions, limit);
        long[] visible = CachedSequence.visible(promptIds, options.window());
        int reused = sequence.reusable(visible);

        long start = System.nanoTime();
        FloatBuffer logits = sequence.read(visible, options::isCancelled);
        long token = logits == null ? -1 : sampler.next(logits);
        long firstToken = System.nanoTime();

        List<Long> ids = new ArrayList<>();
        Set<Long> ends = endOfSequenceIds(options);
        StopReason reason = logits == null ? StopReason.CANCELLED : null;
        while (reason == null) {
            if (ends.contains(token)) {
                reason = StopReason.END_OF_SEQUENCE;
                break;
            }
            ids.add(token);
            boolean wantsMore = listener.onToken(token, text.next(token));
            reason = reason(wantsMore, text, ids.size(), promptIds.length, options);
            if (reason == null) {
                logits = sequence.append(token, options.window(), options::isCancelled);
                reason = logits == null ? StopReason.CANCELLED : null;
                token = logits == null ? -1 : sampler.next(logits);
            }
        }
        long end = System.nanoTime();
        listener.onEnd(text.end());
        return new GenerationResult(
                promptIds.length, reused, ids, text.all(), reason, firstToken - start, end - firstToken);
    }

    /** The most positions that the sequence may take. */
    private int check(long[] promptIds, ContextWindow window) {
        if (promptIds.length == 0) {
            throw new IllegalArgumentException("prompt: found no tokens, wanted 1 or more");
        }
        TokenIds.check(promptIds, model.vocabSize());
        if (window.isNone()) {
            TokenIds.checkPositions(promptIds.length, model.config().maxPositions());
            return maxPositions();
        }
        if (window.tokens() > maxPositions()) {
            throw new IllegalArgumentException("window: found " + window.tokens() + " tokens, wanted at most "
                    + maxPositions() + " (max_position_embeddings)");
        }
        return window.tokens();
    }

    private StopReason reason(
            boolean wantsMore, TextStream text, int newTokens, int promptTokens, GenerationOptions options) {
        if (text.stopped()) {
            return StopReason.STOP_STRING;
        }
        if (!wantsMore) {
            return StopReason.LISTENER;
        }
        if (newTokens == options.maxNewTokens()) {
            return StopReason.MAX_NEW_TOKENS;
        }
        if (options.isCancelled()) {
            return StopReason.CANCELLED;
        }
        boolean full = options.window().isNone() && promptTokens + newTokens > maxPositions();
        return full ? StopReason.CONTEXT_FULL : null;
    }

    private int maxPositions() {
        return model.config().maxPositions().orElse(Integer.MAX_VALUE);
    }

    private Set<Long> endOfSequenceIds(GenerationOptions options) {
        return options.endOfSequence() == GenerationOptions.EndOfSequence.STOP
                ? model.config().endOfSequenceIds()
                : Set.of();
    }

    private TextStream text(GenerationOptions options) {
        if (model.tokenizer().isEmpty() && options.stopStrings().isEmpty()) {
            return TextStream.none();
        }
        return TextStream.of(model.requireTokenizer().streamingDecoder(), options.stopStrings());
    }

    /** Releases the KV cache; the generator may be used again. */
    @Override
    public void close() {
        sequence.close();
    }
}
