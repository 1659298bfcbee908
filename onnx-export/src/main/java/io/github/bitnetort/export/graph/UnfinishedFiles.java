package io.github.bitnetort.export.graph;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** What is deleted where the program ends before it is done, as by Ctrl-C: half an export may be gigabytes in a hidden place. */
public final class UnfinishedFiles {
    /** Other threads may still be writing. */
    private static final int ATTEMPTS = 20;

    private static final Map<Path, Runnable> DELETIONS = new ConcurrentHashMap<>();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(UnfinishedFiles::deleteAll, "delete unfinished files"));
        } catch (IllegalStateException e) {
            // The program is ending already: then nothing new is begun.
        }
    }

    private UnfinishedFiles() {}

    /** Begins a file or folder, which need not exist yet. */
    public static Path begin(Path path) {
        begin(path, () -> delete(path));
        return path;
    }

    /** Begins one that takes more than its deletion to be gone. */
    public static void begin(Path path, Runnable deletion) {
        DELETIONS.put(path, deletion);
    }

    /** Forgets one that is gone: renamed to what it was to be, or deleted. */
    public static void end(Path path) {
        DELETIONS.remove(path);
    }

    /** Deletes what was begun and not ended. */
    static void deleteAll() {
        List.copyOf(DELETIONS.values()).forEach(Runnable::run);
        DELETIONS.clear();
    }

    /** Deletes a file or folder, as far as that goes, though files come and go in it. */
    public static void delete(Path path) {
        for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
            try (Stream<Path> files = Files.walk(path)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                // A file came or went meanwhile: the next attempt sees it.
            }
        }
    }
}
