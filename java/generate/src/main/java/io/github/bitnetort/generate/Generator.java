package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Generates one sequence at a time from a model, or a batch of them, reusing its memory from one sequence to the next.
 * Take one for each thread (a second thread waits for the first); any number of them may generate at once from one model,
 * each getting the tokens that it would get alone.
 */
public final class Generator implements AutoCloseable {
    private static final TokenListener SILENT = (tokenId, text) -> true;

    private final BitNetModel model;
    private final CachedSequence sequence;
    private final ReentrantLock lock = new ReentrantLock();

    Generator(BitNetModel model) {
        this.model = model;
        sequence = new CachedSequence(model);
    }

    /** As {@link #generate(String, GenerationOptions, TokenListener)}, for the whole text at once. */
    public GenerationResult generate(String prompt, GenerationOptions options) throws OrtException {
        return generate(prompt, options, SILENT);
    }

    /**
     * Continues a text, with the special tokens before it that the model wants.
     *
     * @param listener is told of each token, and may end the generation
     * @throws IllegalStateException when the model has no tokenizer
     * @throws IllegalArgumentException when the prompt is longer than the model's positions and there is no window, or has
     *     no token
     */
    public GenerationResult generate(String prompt, GenerationOptions options, TokenListener listener)
            throws OrtException {
        return generate(model.requireTokenizer().encode(prompt), options, listener);
    }

    /** As {@link #generate(long[], GenerationOptions, TokenListener)}, for all tokens at once. */
    public GenerationResult generate(long[] promptIds, GenerationOptions options) throws OrtException {
        return generate(promptIds, options, SILENT);
    }

    /**
     * Continues tokens.
     *
     * @param promptIds the prompt's tokens, BOS included where the model wants one
     * @throws IllegalArgumentException when there are none, one is outside the vocabulary, or they are more than the
     *     model's positions and there is no window
     */
    public GenerationResult generate(long[] promptIds, GenerationOptions options, TokenListener listener)
            throws OrtException {
        return alone(() -> {
            sequence.clear();
            return proceedAlone(promptIds, options, listener, 0);
        });
    }

    /**
     * As {@link #generate(long[], GenerationOptions, TokenListener)}, reading only what the cache does not hold yet.
     *
     * @param room positions to have room for at least, where the model has them
     */
    GenerationResult proceed(long[] promptIds, GenerationOptions options, TokenListener listener, int room)
            throws OrtException {
        return alone(() -> proceedAlone(promptIds, options, listener, room));
    }

    private GenerationResult proceedAlone(long[] promptIds, GenerationOptions options, TokenListener listener, int room)
            throws OrtException {
        int limit = TokenIds.checkPrompt(promptIds, model, options.window());
        // The last new token is chosen from the position before it, and needs none itself.
        long positions = Math.min(Math.max((long) promptIds.length + options.maxNewTokens() - 1, room), limit);
        sequence.reserve((int) positions, limit);
        long[] visible = CachedSequence.visible(promptIds, options.window());
        int reused = sequence.reusable(visible);

        Continuation continuation = new Continuation(model, promptIds, options, listener);
        FloatBuffer logits = sequence.read(visible, options::isCancelled);
        int read = sequence.length() - reused;
        while (logits != null && continuation.next(logits)) {
            logits = sequence.append(continuation.token(), options.window(), options::isCancelled);
        }
        if (logits == null) {
            continuation.cancel();
        }
        return continuation.result(reused, read);
    }

    /** As {@link #generateBatch(long[][], GenerationOptions, BatchListener)}, from texts. */
    public List<GenerationResult> generateBatch(List<String> prompts, GenerationOptions options, BatchListener listener)
            throws OrtException {
        TextTokenizer tokenizer = model.requireTokenizer();
        return generateBatch(prompts.stream().map(tokenizer::encode).toArray(long[][]::new), options, listener);
    }

    /**
     * Continues several prompts together, shorter ones padded on the left: they are read together, and each run after
     * that gives every row a token. A row ends by itself, and the others go on without it. Row i draws with the options'
     * seed + i, and otherwise is what {@link #generate(long[], GenerationOptions, TokenListener)} makes of its prompt: to
     * the bit where the row has no padding or the model was exported with CustomGroupQueryAttention, else as far as
     * rounding decides nothing. The cache is the batch's own, released at its end.
     *
     * @return a result for each prompt; the time of reading the prompts is in each of them
     * @throws IllegalArgumentException when there are no prompts, one is as {@code generate} refuses it, or the options
     *     have a window: rows would have to forget at different times
     */
    public List<GenerationResult> generateBatch(long[][] prompts, GenerationOptions options, BatchListener listener)
            throws OrtException {
        return new BatchGeneration(model, prompts, options, listener).run();
    }

    /**
     * Releases the KV cache, after the end of what another thread still generates; the generator may be used again.
     *
     * @throws IllegalStateException when a listener of its own asks for that
     */
    @Override
    public void close() {
        alone(() -> {
            sequence.close();
            return null;
        });
    }

    /** One thread at a time: no memory is released that a run still writes to. */
    private <T, E extends Exception> T alone(InUse.Use<T, E> use) throws E {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("generator: found a call from its own listener, wanted another generator");
        }
        lock.lock();
        try {
            return use.run();
        } finally {
            lock.unlock();
        }
    }
}
