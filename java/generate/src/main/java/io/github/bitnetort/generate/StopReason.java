package io.github.bitnetort.generate;

/** Why a generation ended. */
public enum StopReason {
    /** The model gave one of its end-of-sequence tokens; it is not part of the result. */
    END_OF_SEQUENCE,
    /** As many new tokens as were asked for. */
    MAX_NEW_TOKENS,
    /** A stop string came up; it is not part of the text. */
    STOP_STRING,
    /** The listener answered that it has enough. */
    LISTENER,
    /** The model's positions ({@code max_position_embeddings}) are used up. */
    CONTEXT_FULL,
    /** {@link Cancellation#cancel()} was called, or the thread interrupted. */
    CANCELLED
}
