package io.github.bitnetort.tests.bench;

import java.util.List;
import picocli.CommandLine.Option;

/** How contenders take their turns, for each command that compares some in one run. */
public abstract class TurnOptions {
    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,2",
            description = "Threads (default: ${DEFAULT-VALUE}).")
    public List<Integer> threads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "15",
            description = "How often all contenders take their turn; medians count (default: ${DEFAULT-VALUE}).")
    public int rounds;

    /** @throws WrongOption where one is not what it must be */
    protected final void checkTurns() {
        OptionRange.check("rounds", rounds, 1, Integer.MAX_VALUE);
        threads.forEach(each -> OptionRange.check("threads", each, 1, OptionRange.MAX_THREADS));
    }
}
