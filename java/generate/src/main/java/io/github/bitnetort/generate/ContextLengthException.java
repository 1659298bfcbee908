package io.github.bitnetort.generate;

/** A prompt or conversation has more tokens than the model has positions. Nothing was read or said then. */
public final class ContextLengthException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final int tokens;
    private final int maxPositions;

    ContextLengthException(int tokens, int maxPositions) {
        super("sequence: found " + tokens + " tokens, wanted at most " + maxPositions + " (max_position_embeddings)");
        this.tokens = tokens;
        this.maxPositions = maxPositions;
    }

    /** How many tokens there were. */
    public int tokens() {
        return tokens;
    }

    /** How many the model takes. */
    public int maxPositions() {
        return maxPositions;
    }
}
