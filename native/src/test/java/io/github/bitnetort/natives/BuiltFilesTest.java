package io.github.bitnetort.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the jars of this module will be made of. */
class BuiltFilesTest {
    private static final int NEWEST_GLIBC_MINOR = 28;

    @Test
    void theMainJarHasNoNativeLibrary() throws IOException {
        Path classes = Path.of(System.getProperty("main.classes"));
        Set<String> suffixes = files(classes).stream()
                .map(name -> name.substring(name.lastIndexOf('.') + 1))
                .collect(Collectors.toSet());
        assertEquals(Set.of("class"), suffixes, classes::toString);
    }

    @Test
    void thePlatformsJarHasBothLibrariesAndNothingElse() throws IOException {
        Path directory = BitMatMulLibrary.path().getParent();
        assertEquals(
                Set.of(System.mapLibraryName("bitmatmul"), System.mapLibraryName("jniBitMatMulC")),
                Set.copyOf(files(directory)),
                directory::toString);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void bothLibrariesLoadOnGlibc228AndNameNoDirectoryOfThisMachine() throws IOException {
        Path directory = BitMatMulLibrary.path().getParent();
        for (String name : files(directory)) {
            String content = Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
            List<Integer> minors = Pattern.compile("GLIBC_2\\.(\\d+)")
                    .matcher(content)
                    .results()
                    .map((MatchResult match) -> Integer.valueOf(match.group(1)))
                    .toList();
            assertFalse(minors.isEmpty(), name + " names no version of glibc");
            assertTrue(
                    minors.stream().allMatch(minor -> minor <= NEWEST_GLIBC_MINOR), name + " needs glibc 2." + minors);
            assertFalse(content.contains(System.getProperty("cmake.build")), name + " names the build directory");
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> path.getFileName().toString())
                    .toList();
        }
    }
}
