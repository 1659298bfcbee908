package io.github.bitnetort.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** With a checkpoint, and an export of it that is there already. */
abstract class AbstractEarlierExportTest {
    static final ExportOptions OVERWRITE = ExportOptions.DEFAULT.withOverwrite(true);

    @TempDir
    Path folder;

    Path checkpoint;
    Path out;

    @BeforeEach
    void export() throws IOException {
        checkpoint = TinyModel.llama().write(folder.resolve("checkpoint"));
        out = folder.resolve("out");
        ModelExporter.export(checkpoint, out, ExportOptions.DEFAULT, ProgressListener.NONE);
    }

    /** Every file with what it holds, and every folder. */
    final Map<Path, String> contents() throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                contents.put(path, Files.isDirectory(path) ? "folder" : Arrays.toString(Files.readAllBytes(path)));
            }
        }
        return contents;
    }
}
