package io.github.bitnetort.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @Test
    void helpIsAResult() {
        Cli help = Cli.run("--help");
        assertEquals(0, help.code());
        assertEquals("", help.err());
        for (String command : List.of(
                "export",
                "rewrite",
                "inspect",
                "probe",
                "generate",
                "chat",
                "doctor",
                "library-path",
                "demo",
                "bench")) {
            assertTrue(help.out().contains("\n  " + command), () -> command + " in " + help.out());
            Cli own = Cli.run(command, "--help");
            assertEquals(0, own.code(), command);
            assertTrue(own.out().startsWith("Usage: bitnet " + command), own::out);
        }
        assertEquals("bitnet development\n", Cli.run("--version").out());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "--fly",
                "export",
                "export x",
                "inspect",
                "generate",
                "export x -o y --threads -1",
                "export x -o y --attention flash",
                "export x -o y --operators standard --attention custom",
                "generate x",
                "generate x -p a --prompt-ids 1",
                "generate x -p a --prompt-file b",
                "generate x -p a -n ten",
                "generate x -p a -n 0",
                "generate x -p a --top-p 2",
                "generate x -p a --temperature -1",
                "generate x -p a --top-k -1",
                "generate x -p a --min-p 2",
                "generate x -p a --repetition-penalty 0",
                "generate x -p a --window 3",
                "generate x -p a -p b --window 64",
                "generate x --prompt-file a --window 64",
                "chat",
                "chat x --min-p 2",
                "generate x -p a --threads -1",
                "generate x -p a --threads 9999999",
                "rewrite x",
                "rewrite x -o y --dim rows=2",
                "rewrite x -o y --verify --dim rows=0",
                "rewrite x -o y --ternarize",
                "probe",
                "generate x -p a --engine steam",
                "generate x -p a --weights clay",
                "generate x -p a --engine portable --weights huge_pages",
                "library-path x",
                "doctor x",
                "demo x"
            })
    void wrongUsageIsTwoLinesOnStandardErrorAndCodeTwo(String line) {
        Cli cli = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));
        assertEquals(2, cli.code(), line);
        assertEquals("", cli.out());
        List<String> lines = cli.err().lines().toList();
        assertEquals(2, lines.size(), cli::err);
        assertTrue(lines.get(0).startsWith("bitnet: "), cli::err);
        assertTrue(lines.get(1).startsWith("Try 'bitnet"), cli::err);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "export missing -o out",
                "rewrite missing -o out",
                "inspect missing",
                "probe missing",
                "generate missing -p a",
                "chat missing",
                "demo --checkpoint missing"
            })
    void aFailureIsOneLineOnStandardErrorAndCodeOne(String line, @TempDir Path folder) {
        String[] args = line.replace("missing", folder.resolve("missing").toString())
                .replace("-o out", "-o " + folder.resolve("out"))
                .split(" ");
        Cli cli = Cli.run(args);
        assertEquals(1, cli.code(), cli::err);
        assertEquals("", cli.out());
        assertEquals(1, cli.err().lines().count(), cli::err);
        assertTrue(cli.err().startsWith("bitnet: "), cli::err);
        assertTrue(cli.err().contains(folder.resolve("missing").toString()), cli::err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bench", "bench ops --m 1"})
    void benchWithoutTheLauncherSaysWhatToRun(String line) {
        Cli cli = Cli.run(line.split(" "));
        assertEquals(1, cli.code());
        assertEquals("", cli.out());
        assertEquals(1, cli.err().lines().count(), cli::err);
        assertTrue(cli.err().contains("./bitnet bench"), cli::err);
    }

    @Test
    void verboseAddsTheStackTrace(@TempDir Path folder) {
        Cli cli = Cli.run("--verbose", "generate", folder.resolve("missing").toString(), "-p", "a");
        assertEquals(1, cli.code());
        assertTrue(cli.err().contains("\tat io.github.bitnetort"), cli::err);
        cli = Cli.run("generate", "--verbose", folder.resolve("missing").toString(), "-p", "a");
        assertTrue(cli.err().contains("\tat io.github.bitnetort"), cli::err);
    }
}
