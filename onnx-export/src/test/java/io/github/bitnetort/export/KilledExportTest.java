package io.github.bitnetort.export;

import static io.github.bitnetort.export.Refusals.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What exports that were killed leave, and what the next ones make of it. */
class KilledExportTest {
    private static final ExportOptions OVERWRITE = ExportOptions.DEFAULT.withOverwrite(true);
    private static final String TAKEN = "found another export writing here";

    /** What the output folder was before. */
    enum Before {
        NONE,
        EMPTY,
        EARLIER
    }

    @TempDir
    private Path folder;

    private Path checkpoint;
    private Path other;
    private Path wanted;
    private Path out;
    private Path inside;

    @BeforeEach
    void export() throws IOException {
        checkpoint = TinyModel.llama().write(folder.resolve("checkpoint"));
        other = TinyModel.bitnet().write(folder.resolve("other"));
        wanted = folder.resolve("wanted");
        ModelExporter.export(checkpoint, wanted, ExportOptions.DEFAULT, ProgressListener.NONE);
        out = Files.createDirectory(folder.resolve("parent")).resolve("out");
        inside = out.resolve(".export.tmp");
    }

    private Path prepare(Before before) throws IOException {
        switch (before) {
            case NONE -> {}
            case EMPTY -> Files.createDirectory(out);
            case EARLIER -> ModelExporter.export(other, out, ExportOptions.DEFAULT, ProgressListener.NONE);
        }
        return before == Before.NONE ? out.resolveSibling(".out.export.tmp") : inside;
    }

    @ParameterizedTest
    @EnumSource
    void theNextExportRemovesWhatAKilledOneLeft(Before before) throws Exception {
        Path hidden = prepare(before);
        try (ExportProcess half = ExportProcess.half(checkpoint, out)) {
            Map<String, String> during = contents(out.getParent());
            assertRefused(
                    () -> ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE),
                    out.toString(),
                    TAKEN);
            assertEquals(during, contents(out.getParent()));
            half.kill();
        }
        assertTrue(Files.isDirectory(hidden.resolve("new")));
        ExportResult result = ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE);
        assertTrue(result.recovered());
        assertOnlyWanted();
        assertFalse(ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE)
                .recovered());
    }

    @Test
    void aKilledExportToANewFolderIsInNobodysWayThoughThatIsThereNow() throws Exception {
        Path hidden = prepare(Before.NONE);
        try (ExportProcess half = ExportProcess.half(checkpoint, out)) {
            Files.createDirectory(out);
            assertRefused(() -> ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE), TAKEN);
            half.kill();
        }
        assertTrue(Files.isDirectory(hidden.resolve("new")));
        assertTrue(ModelExporter.export(checkpoint, out, ExportOptions.DEFAULT, ProgressListener.NONE)
                .recovered());
        assertOnlyWanted();
    }

    @ParameterizedTest
    @EnumSource
    void anExportThatIsToldToEndLeavesNothing(Before before) throws Exception {
        prepare(before);
        Map<String, String> contents = contents(out.getParent());
        try (ExportProcess half = ExportProcess.half(checkpoint, out)) {
            half.end();
        }
        assertEquals(contents, contents(out.getParent()));
    }

    @Test
    void filesThatWereMakingRoomGoBack() throws IOException {
        prepare(Before.EARLIER);
        Map<String, String> earlier = contents(out);
        exchange("new", "model.onnx", "config.json");
        assertRefused(
                () -> ModelExporter.export(checkpoint, out, ExportOptions.DEFAULT, ProgressListener.NONE),
                "new or empty folder");
        assertEquals(earlier, contents(out));
    }

    @Test
    void filesThatWereTakingTheirPlacesTakeThem() throws IOException {
        prepare(Before.EARLIER);
        exchange("complete", "model.onnx", "config.json", "model.onnx.data");
        Files.move(inside.resolve("complete/config.json"), out.resolve("config.json"));
        assertRefused(
                () -> ModelExporter.export(other, out, ExportOptions.DEFAULT, ProgressListener.NONE),
                "new or empty folder");
        assertOnlyWanted();
    }

    @Test
    void noFileTakesThePlaceOfAnotherThatCameMeanwhile() throws IOException {
        prepare(Before.EARLIER);
        exchange("new", "model.onnx");
        Files.writeString(out.resolve("model.onnx"), "mine");
        Map<String, String> contents = contents(out);
        assertRefused(
                () -> ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE),
                out.resolve("model.onnx") + ": output: found another in " + inside.resolve("replaced"));
        assertEquals(contents, contents(out));
    }

    /** The state of an exchange in which some files have left for {@code replaced}. */
    private void exchange(String room, String... left) throws IOException {
        Files.createDirectories(inside.resolve("replaced"));
        Files.createFile(inside.resolve("lock"));
        for (String name : left) {
            Files.move(out.resolve(name), inside.resolve("replaced").resolve(name));
        }
        Files.move(wanted, inside.resolve(room));
        ModelExporter.export(checkpoint, wanted, ExportOptions.DEFAULT, ProgressListener.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".export.tmp",
                ".export.tmp/thesis.txt",
                ".export.tmp/new",
                ".export.tmp/new/thesis.txt",
                ".export.tmp/replaced/thesis.txt",
                ".export.tmp/replaced/.model.onnx.01234567-0123-0123-0123-0123456789ab.tmp",
                ".export.tmp/new/tokenizer.json/thesis.txt"
            })
    void whatNoExportWroteIsNamedAndStays(String name) throws IOException {
        prepare(Before.EARLIER);
        Path foreign = out.resolve(name);
        Files.createDirectories(foreign.getParent());
        Files.writeString(foreign, "mine");
        Map<String, String> contents = contents(out);
        Path found = name.endsWith("tokenizer.json/thesis.txt") ? foreign.getParent() : foreign;
        assertRefused(
                () -> ModelExporter.export(checkpoint, out, OVERWRITE, ProgressListener.NONE),
                found + ": output: found a file or");
        assertEquals(contents, contents(out));
    }

    @Test
    void filesHalfWrittenAreKnown() throws IOException {
        prepare(Before.EMPTY);
        Files.createDirectories(inside.resolve("new"));
        Files.writeString(inside.resolve("new/.model.onnx.data.01234567-0123-0123-0123-0123456789ab.tmp"), "half");
        Files.writeString(inside.resolve("new/config.json"), "half");
        assertTrue(ModelExporter.export(checkpoint, out, ExportOptions.DEFAULT, ProgressListener.NONE)
                .recovered());
        assertOnlyWanted();
    }

    private void assertOnlyWanted() throws IOException {
        assertEquals(contents(wanted), contents(out));
        try (Stream<Path> siblings = Files.list(out.getParent())) {
            assertEquals(1, siblings.count());
        }
    }

    /** Every file but locks, with what it holds, and every folder. */
    private static Map<String, String> contents(Path folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                if (!path.endsWith(".export.tmp/lock")) {
                    contents.put(folder.relativize(path).toString(), content(path));
                }
            }
        }
        return contents;
    }

    private static String content(Path path) throws IOException {
        return Files.isDirectory(path) ? "folder" : "hash " + Arrays.hashCode(Files.readAllBytes(path));
    }
}
