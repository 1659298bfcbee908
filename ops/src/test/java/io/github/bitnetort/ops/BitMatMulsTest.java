package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BitMatMulsTest {
    /** Prints the choice of a JVM with other flags. */
    public static final class Main {
        private Main() {}

        public static void main(String[] args) {
            BitMatMuls.Choice choice = BitMatMuls.choose();
            System.out.print(choice.implementation().name() + "|" + choice.reason());
        }
    }

    private static String choiceOfAJvmWith(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output;
    }

    @Test
    void theTestsOwnJvmHasTheVectorApi() {
        BitMatMuls.Choice choice = BitMatMuls.choose();
        assertTrue(choice.implementation().name().startsWith("vector-"), choice.toString());
    }

    @Test
    void withoutTheModuleTheReasonSaysHowToTurnItOn() throws Exception {
        assertEquals(
                "scalar|Vector API off: start the JVM with --add-modules jdk.incubator.vector", choiceOfAJvmWith());
    }

    @Test
    void withTheModuleTheMachinesWidthIsChosen() throws Exception {
        String choice = choiceOfAJvmWith("--add-modules", "jdk.incubator.vector");
        assertTrue(
                choice.matches("vector-(128|256|512)\\|Vector API on: this CPU prefers vectors of \\1 bits"), choice);
    }

    @Test
    void withoutTheOptimizingCompilerVectorsAreNotWorthIt() throws Exception {
        assertEquals(
                "scalar|Vector API slow without a JIT: start the JVM without -Xint",
                choiceOfAJvmWith("--add-modules", "jdk.incubator.vector", "-Xint"));
        assertEquals(
                "scalar|Vector API slow without the C2 compiler: start the JVM without -XX:TieredStopAtLevel",
                choiceOfAJvmWith("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1"));
    }
}
