package io.github.bitnetort.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extraction out of the platform jar, each time in a JVM of its own with a cache folder of its own. */
class ExtractionTest {
    @TempDir
    Path cache;

    /** Prints where the library is. */
    public static final class PrintPath {
        private PrintPath() {}

        public static void main(String[] args) {
            System.out.println(BitNetOps.getLibraryPath());
        }
    }

    @Test
    void extractsOnceAndIntoTheCache() throws Exception {
        Path first = libraryPath();
        assertTrue(first.startsWith(cache.toRealPath()), () -> first + " in " + cache);
        FileTime extracted = Files.getLastModifiedTime(first);
        assertEquals(first, libraryPath());
        assertEquals(extracted, Files.getLastModifiedTime(first));
    }

    /** JavaCPP compares size and date, which builds of one version may share. */
    @Test
    void replacesAnotherBuildOfTheSameSizeAndDate() throws Exception {
        Path library = libraryPath();
        byte[] content = Files.readAllBytes(library);
        FileTime date = Files.getLastModifiedTime(library);
        Files.write(library, new byte[content.length]);
        Files.setLastModifiedTime(library, date);
        assertEquals(library, libraryPath());
        assertArrayEquals(content, Files.readAllBytes(library));
    }

    private Path libraryPath() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                        "-cp",
                        System.getProperty("java.class.path"),
                        PrintPath.class.getName()))
                .redirectErrorStream(true)
                .start();
        List<String> output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertEquals(0, process.waitFor(), output::toString);
        return Path.of(output.get(output.size() - 1));
    }
}
