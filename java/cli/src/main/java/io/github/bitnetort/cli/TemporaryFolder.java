package io.github.bitnetort.cli;

import io.github.bitnetort.export.graph.UnfinishedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is gone afterwards. */
record TemporaryFolder(Path path) implements AutoCloseable {
    static TemporaryFolder create(String prefix) throws IOException {
        return new TemporaryFolder(UnfinishedFiles.begin(Files.createTempDirectory(prefix)));
    }

    @Override
    public void close() throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(path)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            try {
                Files.delete(file);
            } catch (IOException e) {
                // Windows keeps a mapped file until the mapping is collected; the system's temporary folder is no harm.
                file.toFile().deleteOnExit();
            }
        }
        UnfinishedFiles.end(path);
    }
}
