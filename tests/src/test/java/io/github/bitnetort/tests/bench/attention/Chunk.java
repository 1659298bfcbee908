package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.tests.bench.WrongOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one run of a node gets.
 *
 * @param tokens new ones: 1 in decoding
 * @param cached tokens before them
 */
record Chunk(int tokens, int cached) {
    private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,6})\\+([0-9]{1,7})");

    /**
     * @param text as in 128+1024
     * @throws WrongOption where it is not such
     */
    static Chunk parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new WrongOption("--chunk: found '" + text + "', wanted new and cached tokens, such as 128+1024");
        }
        return new Chunk(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    /** Columns of the cache that are in use at the end. */
    int total() {
        return tokens + cached;
    }

    @Override
    public String toString() {
        return tokens + "+" + cached;
    }
}
