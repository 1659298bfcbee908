package io.github.bitnetort.cli;

import io.github.bitnetort.generate.TokenListener;
import java.io.PrintWriter;

/** Prints text as it is generated, and ends the generation when nobody reads it any more. */
record TextPrinter(PrintWriter out) implements TokenListener {
    @Override
    public boolean onToken(long tokenId, String text) {
        return print(text);
    }

    @Override
    public void onEnd(String text) {
        print(text);
    }

    /** @return false when the reader is gone, as in {@code bitnet generate ... | head} */
    boolean print(String text) {
        out.print(text);
        out.flush();
        return !out.checkError();
    }
}
