package io.github.bitnetort.cli;

import io.github.bitnetort.generate.Cancellation;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** While it is open, Ctrl-C cancels a generation instead of ending the program. */
final class CtrlC implements AutoCloseable {
    private static final Signal INTERRUPT = new Signal("INT");

    private final SignalHandler before;

    CtrlC(Cancellation cancellation) {
        before = Signal.handle(INTERRUPT, signal -> cancellation.cancel());
    }

    @Override
    public void close() {
        Signal.handle(INTERRUPT, before);
    }
}
