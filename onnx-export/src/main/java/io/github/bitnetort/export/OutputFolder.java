package io.github.bitnetort.export;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An output folder that appears complete or not at all: files are made in a hidden folder beside it, and then take its
 * name. A folder that is there stays, as it may be a mount point or the one that the user is in: files are made in a
 * hidden folder in it and then change places with those of an earlier export. Closing it unfinished leaves everything as
 * it was, without what an export that was killed had left.
 */
final class OutputFolder implements Closeable {
    private final Path target;
    private final Set<String> known;
    private final List<Path> newParents;
    private Workspace workspace;
    private Path made;
    private boolean exists;
    private boolean recovered;
    private boolean finished;

    private OutputFolder(Path target, Set<String> known) throws IOException {
        this.target = target;
        this.known = known;
        this.newParents = missingParents(target);
        Files.createDirectories(target.getParent());
    }

    /**
     * Begins a folder.
     *
     * @param overwrite whether an earlier one may be replaced
     * @param known names of the files that an earlier one may hold; with any other it is not ours to replace
     * @param source a folder that must survive
     * @throws ExportException where the target exists and must not be replaced, or another export writes there
     */
    static OutputFolder begin(Path target, boolean overwrite, Set<String> known, Path source) throws IOException {
        Path folder = target.toAbsolutePath().normalize();
        if (folder.getFileName() == null) {
            throw ExportException.of(target, "output", "the root of the file system", "a new folder");
        }
        OutputFolder output = new OutputFolder(folder, known);
        try {
            if (!output.takeNew()) {
                output.takeOld(overwrite, source);
            }
            output.made = output.workspace.begin();
            return output;
        } catch (IOException | RuntimeException e) {
            try (output) {
                throw e;
            }
        }
    }

    /** False where the folder exists; one that was made meanwhile does. */
    private boolean takeNew() throws IOException {
        Path hidden = Workspace.beside(target);
        if (exists(target) && !exists(hidden)) {
            return false;
        }
        take(hidden);
        if (!exists(target)) {
            return true;
        }
        workspace.close();
        workspace = null;
        return false;
    }

    private void takeOld(boolean overwrite, Path source) throws IOException {
        exists = true;
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw ExportException.of(target, "output", "a file or link", "a new or empty folder");
        }
        Path hidden = Workspace.inside(target);
        if (!exists(hidden)) {
            checkReplaceable(target, overwrite, known, source); // before anything is written there
        }
        take(hidden);
        checkReplaceable(target, overwrite, known, source);
    }

    private void take(Path hidden) throws IOException {
        workspace = Workspace.take(hidden, target, known);
        recovered |= workspace.recover();
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Where the files are made. */
    Path path() {
        return made;
    }

    /** Whether an export that was killed had left anything here. */
    boolean recovered() {
        return recovered;
    }

    /** Gives the files their place; what was there before is gone only afterwards. */
    void finish() throws IOException {
        if (exists) {
            workspace.exchange();
        } else {
            workspace.become();
        }
        finished = true;
    }

    @Override
    public void close() throws IOException {
        if (workspace != null) {
            workspace.close();
        }
        if (!finished) {
            deleteNewParents();
        }
    }

    private void deleteNewParents() throws IOException {
        for (Path parent : newParents) {
            try {
                Files.deleteIfExists(parent);
            } catch (DirectoryNotEmptyException e) {
                return; // somebody else has a use for it
            }
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
        Path hidden = Workspace.inside(folder);
        List<Path> entries = ModelFolders.list(folder).stream()
                .filter(entry -> !entry.equals(hidden))
                .toList();
        if (entries.isEmpty()) {
            return;
        }
        if (!overwrite) {
            throw ExportException.of(
                    folder, "output", "files in it (" + entries.size() + ")", "a new or empty folder, or --overwrite");
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
}
