package io.github.bitnetort.tests.bench;

/** An option that is not what it must be: wrong usage, which picocli itself could not see. */
public final class WrongOption extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** @param message naming the option, found and wanted */
    public WrongOption(String message) {
        super(message);
    }
}
