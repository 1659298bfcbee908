package io.github.bitnetort.generate;

import java.util.List;

/**
 * What came out of one generation.
 *
 * @param promptTokens how many tokens the prompt had
 * @param reusedTokens how many of them were in the cache already, so that the model did not read them again
 * @param readTokens how many of them the model read: those that were not in the cache, a window had not forgotten, and
 *     cancellation left it the time for
 * @param tokenIds the new tokens, without an end-of-sequence token that ended them
 * @param text their text, without special tokens and stop strings; empty where the model has no tokenizer
 * @param stopReason why it ended
 * @param prefillNanos from the start to the first token
 * @param decodeNanos from the first token to the last
 */
public record GenerationResult(
        int promptTokens,
        int reusedTokens,
        int readTokens,
        List<Long> tokenIds,
        String text,
        StopReason stopReason,
        long prefillNanos,
        long decodeNanos) {

    /** Copies the list. */
    public GenerationResult {
        tokenIds = List.copyOf(tokenIds);
    }

    /** Prompt tokens that the model read, a second. */
    public double prefillTokensPerSecond() {
        return readTokens / (prefillNanos * 1e-9);
    }

    /** New tokens a second, the first left out: it belongs to the prefill. NaN where there is only one. */
    public double decodeTokensPerSecond() {
        return tokenIds.size() < 2 ? Double.NaN : (tokenIds.size() - 1) / (decodeNanos * 1e-9);
    }
}
