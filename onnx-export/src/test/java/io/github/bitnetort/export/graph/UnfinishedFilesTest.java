package io.github.bitnetort.export.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnfinishedFilesTest {
    @TempDir
    Path folder;

    /** A program that ends with a file and a folder begun, and one folder ended. */
    static final class Ending {
        private Ending() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            Files.writeString(UnfinishedFiles.begin(folder.resolve("begun.tmp")), "half");
            Path begun = Files.createDirectory(UnfinishedFiles.begin(folder.resolve("begun")));
            Files.writeString(Files.createDirectory(begun.resolve("inner")).resolve("file"), "half");
            Path ended = Files.createDirectory(UnfinishedFiles.begin(folder.resolve("ended")));
            UnfinishedFiles.end(ended);
            UnfinishedFiles.begin(folder.resolve("never"));
            System.exit(3);
        }
    }

    @Test
    void whatIsBegunIsGoneWhenTheProgramEnds() throws Exception {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ending.class.getName(),
                        folder.toString())
                .inheritIO()
                .start();
        assertTrue(program.waitFor(5, TimeUnit.MINUTES));
        assertEquals(3, program.exitValue());
        assertFalse(Files.exists(folder.resolve("begun.tmp")));
        assertFalse(Files.exists(folder.resolve("begun")));
        assertTrue(Files.isDirectory(folder.resolve("ended")));
    }
}
