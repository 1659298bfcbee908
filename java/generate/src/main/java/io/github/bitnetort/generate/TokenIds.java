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

    static void checkPositions(int tokens, OptionalInt maxPositions) {
        if (maxPositions.isPresent() && tokens > maxPositions.getAsInt()) {
            throw new IllegalArgumentException("sequence: found " + tokens + " tokens, wanted at most "
                    + maxPositions.getAsInt() + " (max_position_embeddings)");
        }
    }
}
