package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.TemporaryPath;
import io.github.bitnetort.export.graph.UnfinishedFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An output folder that appears complete or not at all: files are made in a hidden folder beside it, which then takes
 * its name. A folder that is there stays, as it may be a mount point or the one that the user is in: files are made in a
 * hidden folder in it and then change places with those of an earlier export. Closing it unfinished leaves everything as
 * it was.
 */
final class OutputFolder implements Closeable {
    private final Path target;
    private final boolean exists;
    private final Set<String> known;
    private final Path temporary;
    private final List<Path> newParents;
    private boolean finished;

    private OutputFolder(Path target, Set<String> known) throws IOException {
        this.target = target;
        this.exists = Files.exists(target);
        this.known = known;
        this.temporary = TemporaryPath.beside(exists ? target.resolve("export") : target);
        this.newParents = missingParents(target);
        Files.createDirectories(target.getParent());
        Files.createDirectory(UnfinishedFiles.begin(temporary));
    }

    /**
     * Begins a folder.
     *
     * @param overwrite whether an earlier one may be replaced
     * @param known names of the files that an earlier one may hold; with any other it is not ours to replace
     * @param source a folder that must survive
     * @throws ExportException where the target exists and must not be replaced
     */
    static OutputFolder begin(Path target, boolean overwrite, Set<String> known, Path source) throws IOException {
        Path folder = target.toAbsolutePath().normalize();
        if (folder.getFileName() == null) {
            throw ExportException.of(target, "output", "the root of the file system", "a new folder");
        }
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            checkReplaceable(folder, overwrite, known, source);
        }
        return new OutputFolder(folder, known);
    }

    /** Where the files are made. */
    Path path() {
        return temporary;
    }

    /** Gives the files their place; what was there before is gone only afterwards. */
    void finish() throws IOException {
        if (exists) {
            exchange();
        } else {
            move(temporary, target);
        }
        finished = true;
        UnfinishedFiles.end(temporary);
    }

    /** The model's own file leaves first and comes last: whoever sees it sees the files that belong to it. */
    private void exchange() throws IOException {
        Path old = TemporaryPath.beside(temporary);
        Files.createDirectory(old);
        Deque<Path[]> moves = new ArrayDeque<>();
        try {
            for (Path file : modelFirst(target)) {
                if (known.contains(file.getFileName().toString())) {
                    move(file, old.resolve(file.getFileName()), moves);
                }
            }
            List<Path> made = modelFirst(temporary);
            Collections.reverse(made);
            for (Path file : made) {
                move(file, target.resolve(file.getFileName()), moves);
            }
        } catch (IOException e) {
            while (!moves.isEmpty()) {
                Path[] last = moves.pop();
                move(last[1], last[0]);
            }
            delete(old);
            throw e;
        }
        delete(old);
        delete(temporary);
    }

    private static List<Path> modelFirst(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted(Comparator.comparing((Path file) -> !file.endsWith(ModelExporter.MODEL_FILE))
                            .thenComparing(Comparator.naturalOrder()))
                    .collect(Collectors.toCollection(ArrayList::new));
        }
    }

    private static void move(Path from, Path to, Deque<Path[]> moves) throws IOException {
        move(from, to);
        moves.push(new Path[] {from, to});
    }

    @Override
    public void close() throws IOException {
        if (finished) {
            return;
        }
        delete(temporary);
        UnfinishedFiles.end(temporary);
        for (Path parent : newParents) {
            Files.delete(parent);
        }
    }

    /** Folders above the target that do not exist yet, innermost first. */
    private static List<Path> missingParents(Path target) {
        List<Path> missing = new ArrayList<>();
        for (Path parent = target.getParent(); !Files.exists(parent); parent = parent.getParent()) {
            missing.add(parent);
        }
        return missing;
    }

    private static void checkReplaceable(Path folder, boolean overwrite, Set<String> known, Path source)
            throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw ExportException.of(folder, "output", "a file or link", "a new or empty folder");
        }
        List<Path> entries;
        try (Stream<Path> list = Files.list(folder)) {
            entries = list.sorted().toList();
        }
        if (entries.isEmpty()) {
            return;
        }
        if (!overwrite) {
            throw ExportException.of(
                    folder, "output", entries.size() + " files in it", "a new or empty folder, or leave to overwrite");
        }
        if (source.toRealPath().startsWith(folder.toRealPath())) {
            throw ExportException.of(folder, "output", "the checkpoint itself in it", "another folder");
        }
        Optional<Path> foreign = entries.stream()
                .filter(entry -> !known.contains(entry.getFileName().toString())
                        || !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))
                .findFirst();
        if (foreign.isPresent()) {
            throw ExportException.of(
                    folder, "output", foreign.get().getFileName() + ", which no export wrote", "an earlier export");
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to);
        }
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
