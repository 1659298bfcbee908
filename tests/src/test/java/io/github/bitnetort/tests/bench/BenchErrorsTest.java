package io.github.bitnetort.tests.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bitnetort.tests.endtoend.Fixture;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What cannot be measured is refused in one line, before anything is measured. */
class BenchErrorsTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --threads 0       | --threads: found 0, wanted 1 to 1024
            --threads 2000    | --threads: found 2000, wanted 1 to 1024
            --rounds 0        | --rounds: found 0, wanted 1 or more
            --context 16      | --context: found 16, wanted 17 or more
            --streams -1      | --streams: found -1, wanted 0 to 1024
            --tokens 0        | --tokens: found 0, wanted 1 or more
            --prefill 64,513  | --prefill: found 513, wanted 1 to 512
            --prefill 0       | --prefill: found 0, wanted 1 to 512
            --new-tokens 1    | --new-tokens: found 1, wanted 2 to 497
            --new-tokens 498  | --new-tokens: found 498, wanted 2 to 497
            """)
    void numbersThatMakeNoSense(String option, String error) throws Exception {
        String[] words = option.split(" ");
        String model = new Fixture("kjv-bitnet").exported().toString();
        assertWrongUsage(error, "model", model, words[0], words[1]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --threads 0        | --threads: found 0, wanted 1 to 1024
            --threads 1,2000   | --threads: found 2000, wanted 1 to 1024
            --rounds 0         | --rounds: found 0, wanted 1 or more
            --megabytes 0      | --megabytes: found 0, wanted 1 or more
            --chunk 1          | --chunk: found '1', wanted new and cached tokens, such as 128+1024
            --chunk 1+1,0+1    | --chunk: found '0+1', wanted new and cached tokens, such as 128+1024
            --chunk 1+1x       | --chunk: found '1+1x', wanted new and cached tokens, such as 128+1024
            --chunk 1+999999   | --chunk: found 1+999999, for which 2B-4T needs 640000000 numbers in one tensor, wanted at most 536870911
            --capacity 100     | --capacity: found 100, wanted 129 or more
            --shape 2C         | --shape: found 2C, wanted a part of one of 2B-4T, Falcon-E-1B, Llama3-8B-1.58
            """)
    void attentionThatMakesNoSense(String option, String error) {
        String[] words = option.split(" ");
        assertWrongUsage(error, "attention", words[0], words[1]);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --threads 0 | --threads: found 0, wanted 1 to 1024
            --rounds 0  | --rounds: found 0, wanted 1 or more
            """)
    void operatorsThatMakeNoSense(String option, String error) {
        String[] words = option.split(" ");
        assertWrongUsage(error, "ops", words[0], words[1]);
    }

    @Test
    void aFolderWithoutAModel() {
        assertRefused(
                1,
                folder + ": found no model.onnx, wanted the folder that ./bitnet export wrote",
                "model",
                folder.toString());
    }

    @Test
    void aFolderThatIsNotGiven() {
        assertWrongUsage("Missing required parameter: 'DIR'", "model");
    }

    private static void assertWrongUsage(String error, String... arguments) {
        String command = "bitnet bench " + arguments[0];
        assertRefused(2, error + System.lineSeparator() + "Try '" + command + " --help'.", arguments);
    }

    private static void assertRefused(int code, String error, String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine bench = Bench.commandLine().setErr(new PrintWriter(err, true));
        assertEquals(code, bench.execute(arguments), err::toString);
        assertEquals("bitnet: " + error, err.toString().strip());
    }
}
