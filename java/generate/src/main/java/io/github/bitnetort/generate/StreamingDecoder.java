package io.github.bitnetort.generate;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Turns a stream of tokens into text, never cutting a character: a token may hold half a UTF-8 sequence, and a
 * tokenizer's decoder may treat the first token of a text differently (it strips a space, for one). So each new token is
 * decoded together with the few before it, and the difference is the new text. What that costs does not grow with the
 * length of the text. Not thread-safe.
 */
public final class StreamingDecoder {
    private static final char REPLACEMENT = '\uFFFD';

    private final Function<long[], String> decode;

    /** The tokens since {@code shown}'s beginning: those whose text is out already, then those held back. */
    private long[] window = new long[16];

    private int size;
    private int shownTokens;

    StreamingDecoder(Function<long[], String> decode) {
        this.decode = decode;
    }

    /** The text that has become certain with this token; empty while a character is incomplete. */
    public String next(long tokenId) {
        if (size == window.length) {
            window = Arrays.copyOf(window, 2 * size);
        }
        window[size++] = tokenId;
        String shown = text(shownTokens);
        String all = text(size);
        if (all.length() <= shown.length() || all.charAt(all.length() - 1) == REPLACEMENT) {
            return "";
        }
        forget(shownTokens);
        return all.substring(shown.length());
    }

    /** The text still held back: an incomplete character, as U+FFFD. The decoder then begins anew. */
    public String end() {
        String rest = text(size).substring(text(shownTokens).length());
        size = 0;
        shownTokens = 0;
        return rest;
    }

    private String text(int tokens) {
        return tokens == 0 ? "" : decode.apply(Arrays.copyOf(window, tokens));
    }

    /** Drops the first tokens; what stays has been shown, and is the context of the next token. */
    private void forget(int tokens) {
        size -= tokens;
        System.arraycopy(window, tokens, window, 0, size);
        shownTokens = size;
    }
}
