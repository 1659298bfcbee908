package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The checkpoints that the project ships, and exports of them. */
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

    /** Exports one by the command, and holds that it says so: the folder that was written. */
    static String export(String name, Path output, String... options) {
        String[] command = {"export", checkpoint(name), "-o", output.toString()};
        Cli cli = Cli.run(Stream.concat(Stream.of(command), Stream.of(options)).toArray(String[]::new));
        assertEquals(0, cli.code(), cli::err);
        assertEquals(output.resolve("model.onnx") + System.lineSeparator(), cli.out());
        assertTrue(cli.err().startsWith("wrote model.onnx ("), cli::err);
        assertTrue(Files.isRegularFile(output.resolve("model.onnx")));
        return output.toString();
    }
}
