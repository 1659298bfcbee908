package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Generates one sequence at a time from a model, reusing its memory from one to the next. Not thread-safe: take one for
 * each thread.
 */
public final class Generator implements AutoCloseable {
    private static final TokenListener SILENT = (tokenId, text) -> true;

    private final BitNetModel model;
    private DecoderState state;

    Generator(BitNetModel model) {
        this.model = model;
    }

    public GenerationResult generate(String prompt, GenerationOptions options) throws OrtException {
        return generate(prompt, options, SILENT);
    }

    /**
     * @throws IllegalStateException when the model has no tokenizer
     * @throws IllegalArgumentException when the prompt is longer than the model's positions, or has no token
     */
    public GenerationResult generate(String prompt, GenerationOptions options, TokenListener listener)
            throws OrtException {
        return generate(tokenizer().encode(prompt), options, listener);
    }

    public GenerationResult generate(long[] promptIds, GenerationOptions options) throws OrtException {
        return generate(promptIds, options, SILENT);
    }

    /**
     * @param promptIds the prompt's tokens, BOS included where the model wants one
     * @throws IllegalArgumentException when there are none, one is outside the vocabulary, or they are more than the
     *     model's positions
     */
    public GenerationResult generate(long[] promptIds, GenerationOptions options, TokenListener listener)
            throws OrtException {
        if (promptIds.length == 0) {
            throw new IllegalArgumentException("prompt: found no tokens, wanted 1 or more");
        }
        TokenIds.check(promptIds, model.vocabSize());
        TokenIds.checkPositions(promptIds.length, model.config().maxPositions());
        TextStream text = text(options);
        Sampler sampler = new Sampler(options.sampling());
        // The last new token is chosen from the position before it, and needs none itself.
        long positions = Math.min((long) promptIds.length + options.maxNewTokens() - 1, maxPositions());
        DecoderState decoder = stateFor((int) positions);

        long start = System.nanoTime();
        FloatBuffer logits = decoder.feed(promptIds);
        long token = sampler.next(logits);
        long firstToken = System.nanoTime();

        List<Long> ids = new ArrayList<>();
        StopReason reason = null;
        while (reason == null) {
            if (endOfSequenceIds(options).contains(token)) {
                reason = StopReason.END_OF_SEQUENCE;
                break;
            }
            ids.add(token);
            boolean wantsMore = listener.onToken(token, text.next(token));
            reason = reason(wantsMore, text, ids.size(), promptIds.length, options);
            if (reason == null) {
                token = sampler.next(decoder.feed(token));
            }
        }
        long end = System.nanoTime();
        listener.onEnd(text.end());
        return new GenerationResult(promptIds.length, ids, text.all(), reason, firstToken - start, end - firstToken);
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
        return promptTokens + newTokens > maxPositions() ? StopReason.CONTEXT_FULL : null;
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
        return TextStream.of(tokenizer().streamingDecoder(), options.stopStrings());
    }

    private TextTokenizer tokenizer() {
        return model.tokenizer()
                .orElseThrow(() -> new IllegalStateException("model: found no " + TextTokenizer.TOKENIZER_FILE
                        + " in its folder, wanted one for text; token ids work without"));
    }

    private DecoderState stateFor(int positions) throws OrtException {
        if (state != null && state.capacity() >= positions) {
            state.clear();
            return state;
        }
        close();
        state = model.newState(positions);
        return state;
    }

    /** Releases the KV cache; the generator may be used again. */
    @Override
    public void close() {
        if (state != null) {
            state.close();
            state = null;
        }
    }
}
