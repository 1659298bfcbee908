package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    static Set<String> names() {
        return Main.commandLine().getSubcommands().keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void aCommandIsTheSameAloneAsAmongTheOthers(String name) {
        CommandLine line = Main.commandLine(name, "--help");
        assertEquals(
                name.equals("help") ? names() : Set.of(name),
                line.getSubcommands().keySet());
        assertEquals(
                Main.commandLine().getSubcommands().get(name).getUsageMessage(),
                line.getSubcommands().get(name).getUsageMessage());
    }

    @Test
    void thereAreElevenOfThem() {
        assertEquals(11, names().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--verbose", "exports", "-h", "EXPORT"})
    void whateverElseComesFirstSeesAll(String first) {
        assertEquals(names(), Main.commandLine(first, "export").getSubcommands().keySet());
    }
}
