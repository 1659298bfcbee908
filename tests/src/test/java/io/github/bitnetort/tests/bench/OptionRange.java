package io.github.bitnetort.tests.bench;

import io.github.bitnetort.generate.ModelOptions;

/** What numbers options may have. */
public final class OptionRange {
    public static final int MAX_THREADS = ModelOptions.MAX_THREADS;

    private OptionRange() {}

    /**
     * @param most {@link Integer#MAX_VALUE} for no bound
     * @throws WrongOption naming the option, found and wanted
     */
    public static void check(String name, int found, int least, int most) {
        if (found < least || found > most) {
            String range = most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
            throw new WrongOption("--" + name + ": found " + found + ", wanted " + range);
        }
    }
}
