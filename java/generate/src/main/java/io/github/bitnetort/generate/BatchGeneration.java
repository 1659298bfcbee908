package io.github.bitnetort.generate;

import ai.onnxruntime.OrtException;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The continuations of several prompts in one batch, from which rows that have ended are taken out. */
final class BatchGeneration {
    private final BitNetModel model;
    private final GenerationOptions options;
    private final List<Continuation> all = new ArrayList<>();

    /** Those that go on, in the order of the state's rows. */
    private final List<Continuation> rows;

    /** Columns of prompts that have been read, padding included. */
    private int columnsRead;

    BatchGeneration(BitNetModel model, long[][] prompts, GenerationOptions options, BatchListener listener) {
        this.model = model;
        this.options = options;
        if (prompts.length == 0) {
            throw new IllegalArgumentException("prompts: found none, wanted 1 or more");
        }
        if (!options.window().isNone()) {
            throw new IllegalArgumentException(
                    "window: found " + options.window().tokens() + " tokens, wanted none in a batch");
        }
        for (int row = 0; row < prompts.length; row++) {
            checkPrompt(row, prompts[row]);
        }
        for (int row = 0; row < prompts.length; row++) {
            SamplingOptions sampling = options.sampling();
            GenerationOptions own = options.withSampling(sampling.withSeed(sampling.seed() + row));
            all.add(new Continuation(model, prompts[row].clone(), own, ofRow(listener, row)));
        }
        rows = new ArrayList<>(all);
    }

    private static TokenListener ofRow(BatchListener listener, int row) {
        return new TokenListener() {
            @Override
            public boolean onToken(long tokenId, String text) {
                return listener.onToken(row, tokenId, text);
            }

            @Override
            public void onEnd(String text) {
                listener.onEnd(row, text);
            }
        };
    }

    private void checkPrompt(int row, long[] ids) {
        try {
            TokenIds.checkPrompt(ids, model, ContextWindow.NONE);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("prompt " + row + ": " + e.getMessage(), e);
        }
    }

    List<GenerationResult> run() throws OrtException {
        int longest = longest();
        int capacity = (int) Math.min(
                (long) longest + options.maxNewTokens() - 1, model.config().positions());
        try (DecoderState state = model.newState(rows.size(), capacity)) {
            proceed(state);
        }
        int unread = longest - columnsRead;
        return all.stream()
                .map(row -> row.result(0, Math.max(row.promptTokens() - unread, 0)))
                .toList();
    }

    private void proceed(DecoderState state) throws OrtException {
        FloatBuffer logits = read(state);
        columnsRead = state.length();
        while (logits != null && goOn(state, logits)) {
            logits = state.length() < state.capacity() ? step(state) : readAgain(state);
        }
        if (logits == null) {
            rows.forEach(Continuation::cancel);
        }
    }

    /** Chooses a token for each row, and takes out those that end with it; whether there are others. */
    private boolean goOn(DecoderState state, FloatBuffer logits) throws OrtException {
        int[] going = going(logits);
        if (going.length > 0 && going.length < rows.size()) {
            state.keep(going);
            List<Continuation> kept = IntStream.of(going).mapToObj(rows::get).toList();
            rows.clear();
            rows.addAll(kept);
        }
        return going.length > 0;
    }

    /** The rows that go on after their next token. */
    private int[] going(FloatBuffer logits) {
        int vocab = model.vocabSize();
        return IntStream.range(0, rows.size())
                .filter(row -> rows.get(row).next(logits.slice(row * vocab, vocab)))
                .toArray();
    }

    private FloatBuffer step(DecoderState state) throws OrtException {
        long[][] tokens = rows.stream().map(row -> new long[] {row.token()}).toArray(long[][]::new);
        return state.feed(tokens, new int[tokens.length], () -> false);
    }

    /**
     * The longest row has used up the positions, and has ended; the padding of the others has used up theirs. With as much
     * of it less they go on.
     */
    private FloatBuffer readAgain(DecoderState state) throws OrtException {
        state.clear();
        return read(state);
    }

    /** Null where it was cancelled. */
    private FloatBuffer read(DecoderState state) throws OrtException {
        int longest = longest();
        long[][] padded = new long[rows.size()][longest];
        int[] padding = new int[rows.size()];
        for (int row = 0; row < padded.length; row++) {
            long[] ids = rows.get(row).sequence();
            padding[row] = longest - ids.length;
            System.arraycopy(ids, 0, padded[row], padding[row], ids.length);
        }
        return state.feed(padded, padding, options::isCancelled);
    }

    private int longest() {
        return rows.stream().mapToInt(row -> row.sequence().length).max().orElseThrow();
    }
}
