package io.github.bitnetort.generate;

import java.util.OptionalInt;

/** Checks of token ids before they reach the graph, whose own errors would not name them. */
final class TokenIds {
    private TokenIds() {}

    static void check(long[] ids, int vocabSize) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] < 0 || ids[i] >= vocabSize) {
                throw new IllegalArgumentException(
                        "token " + i + ": found id " + ids[i] + ", wanted 0.." + (vocabSize - 1));
            }
        }
    }

    /**
     * Checks a prompt as a whole.
     *
     * @return the most positions that its sequence may take
     */
    static int checkPrompt(long[] ids, BitNetModel model, ContextWindow window) {
        if (ids.length == 0) {
            throw new IllegalArgumentException("prompt: found no tokens, wanted 1 or more");
        }
        check(ids, model.vocabSize());
        int positions = model.config().positions();
        if (window.isNone()) {
            checkPositions(ids.length, model.config().maxPositions());
            return positions;
        }
        if (window.tokens() > positions) {
            throw new IllegalArgumentException("window: found " + window.tokens() + " tokens, wanted at most "
                    + positions + " (max_position_embeddings)");
        }
        return window.tokens();
    }

    static void checkPositions(int tokens, OptionalInt maxPositions) {
        if (maxPositions.isPresent() && tokens > maxPositions.getAsInt()) {
            throw new ContextLengthException(tokens, maxPositions.getAsInt());
        }
    }
}
