package io.github.bitnetort.cli;

import java.nio.file.Path;

/** The checkpoints that the project ships. */
final class Fixtures {
    private Fixtures() {}

    /** @param name a folder of tests/fixtures */
    static String checkpoint(String name) {
        String home = System.getProperty(DemoCommand.HOME_PROPERTY);
        if (home == null) {
            throw new IllegalStateException(
                    "property " + DemoCommand.HOME_PROPERTY + ": found none, wanted the project's root");
        }
        return Path.of(home, "tests", "fixtures", name).toString();
    }
}
