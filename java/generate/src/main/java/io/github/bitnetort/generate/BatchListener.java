package io.github.bitnetort.generate;

/** As {@link TokenListener}, for several texts that are generated together. */
@FunctionalInterface
public interface BatchListener {
    /**
     * @param row which of the prompts, from 0
     * @param tokenId the row's new token
     * @param text the row's text that has become certain with it
     * @return false to end this row; the others go on
     */
    boolean onToken(int row, long tokenId, String text);

    /** Text that was still held back when the row ended. */
    default void onEnd(int row, String text) {}
}
