package io.github.bitnetort.cli;

import io.github.bitnetort.generate.Cancellation;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * While it is open, Ctrl-C cancels a generation instead of ending the program. Where the program was started with SIGINT
 * ignored, as shells without job control start what runs in their background, it still does nothing; where the JVM leaves
 * signals alone (-Xrs), it still ends the program.
 */
final class CtrlC implements AutoCloseable {
    private static final Signal INTERRUPT = new Signal("INT");

    private final SignalHandler before;

    CtrlC(Cancellation cancellation) {
        before = handle(signal -> cancellation.cancel());
    }

    private static SignalHandler handle(SignalHandler handler) {
        try {
            return Signal.handle(INTERRUPT, handler);
        } catch (IllegalArgumentException e) {
            return null; // -Xrs
        }
    }

    @Override
    public void close() {
        if (before != null) {
            handle(before);
        }
    }
}
