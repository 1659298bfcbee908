package io.github.bitnetort.generate;

/** Hears of every token as it is generated, on the thread that generates. */
@FunctionalInterface
public interface TokenListener {
    /**
     * @param tokenId the new token
     * @param text the text that has become certain with it: whole characters only, so it is empty while a character is
     *     spread over several tokens, or while a stop string may be beginning, and may then hold several tokens' text.
     *     Always empty where the model has no tokenizer
     * @return false to end the generation; the token then is its last
     */
    boolean onToken(long tokenId, String text);

    /** Text that was still held back when the generation ended. */
    default void onEnd(String text) {}
}
