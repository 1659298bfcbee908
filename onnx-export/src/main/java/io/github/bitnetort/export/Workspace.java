package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.TemporaryPath;
import io.github.bitnetort.export.graph.UnfinishedFiles;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The hidden folder in which one export at a time makes the files of an output folder: beside it, or in it where it
 * exists. An export that was killed leaves it, in a state that tells the next one what to do:
 *
 * <ul>
 *   <li>{@code new}: what it had made. It is of no use to anybody.
 *   <li>{@code replaced}: files of the output folder, which were making room. They go back.
 *   <li>{@code complete}, in place of {@code new}: all room was made; the new files were taking their places. They do.
 * </ul>
 */
final class Workspace implements Closeable {
    private final Path folder;
    private final Path target;
    private final Set<String> known;
    private final ExportLock lock;
    private final Path made;
    private final Path complete;
    private final Path replaced;
    private boolean begun;

    private Workspace(Path folder, Path target, Set<String> known) throws IOException {
        this.folder = folder;
        this.target = target;
        this.known = known;
        made = folder.resolve("new");
        complete = folder.resolve("complete");
        replaced = folder.resolve("replaced");
        lock = ExportLock.acquire(folder, target);
    }

    /** Where it is for an output folder that exists. */
    static Path inside(Path target) {
        return target.resolve(TemporaryPath.EXPORT);
    }

    /** Where it is for one that does not. */
    static Path beside(Path target) {
        return target.resolveSibling("." + target.getFileName() + TemporaryPath.EXPORT);
    }

    /**
     * Takes one.
     *
     * @param known names of the files that an export may write
     * @throws ExportException where another export has it
     */
    static Workspace take(Path folder, Path target, Set<String> known) throws IOException {
        return new Workspace(folder, target, known);
    }

    /**
     * Removes what an export that was killed left here, and has the output folder as that export found it or would have
     * made it.
     *
     * @return whether there was anything
     * @throws ExportException for what no export wrote, or would take the place of another file; nothing is touched then
     */
    boolean recover() throws IOException {
        checkRemains();
        boolean remains = false;
        for (Path room : List.of(complete, replaced, made)) {
            remains |= Files.exists(room);
        }
        if (Files.exists(complete)) {
            moveAll(complete);
            ModelFolders.delete(replaced);
        } else if (Files.exists(replaced)) {
            moveAll(replaced);
        }
        ModelFolders.delete(made);
        return remains;
    }

    private void checkRemains() throws IOException {
        for (Path room : ModelFolders.list(folder)) {
            if (room.endsWith(ExportLock.FILE)) {
                continue;
            }
            boolean exchange = Files.exists(target) && (room.equals(complete) || room.equals(replaced));
            boolean ours = room.equals(made) || exchange;
            if (!ours || !Files.isDirectory(room, LinkOption.NOFOLLOW_LINKS)) {
                throw foreign(room);
            }
            boolean back = !room.equals(made) && (room.equals(complete) || !Files.exists(complete));
            for (Path file : ModelFolders.list(room)) {
                check(file, room.equals(made), back);
            }
        }
    }

    /** @param back whether the file is going to be in the output folder */
    private void check(Path file, boolean unfinished, boolean back) {
        boolean ours = known.contains(file.getFileName().toString()) || unfinished && TemporaryPath.isTemporary(file);
        if (!ours || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw foreign(file);
        }
        Path place = target.resolve(file.getFileName());
        if (back && Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            throw ExportException.of(
                    place,
                    "output",
                    "another in " + file.getParent() + ", of an export that was killed",
                    "one of them");
        }
    }

    private ExportException foreign(Path file) {
        return ExportException.of(file, "output", "a file or folder that no export wrote", "nothing else in " + folder);
    }

    private void moveAll(Path room) throws IOException {
        for (Path file : ModelFolders.modelLast(room)) {
            move(file, target.resolve(file.getFileName()));
        }
        ModelFolders.delete(room);
    }

    /** The folder for new files, empty. */
    Path begin() throws IOException {
        UnfinishedFiles.begin(made, this::abandon);
        begun = true;
        return Files.createDirectory(made);
    }

    /** The program ends, though other threads may still be writing; but not in the midst of an exchange. */
    private synchronized void abandon() {
        UnfinishedFiles.delete(made);
        try {
            lock.close();
        } catch (IOException e) {
            // The next export removes what is left.
        }
    }

    /** Makes the folder for new files the output folder. */
    synchronized void become() throws IOException {
        move(made, target);
    }

    /** Gives new files their places in the output folder, and deletes those that had them. The model's own file leaves first and comes last: whoever sees it sees the files that belong to it. */
    synchronized void exchange() throws IOException {
        Deque<Path[]> moves = new ArrayDeque<>();
        try {
            Files.createDirectory(replaced);
            List<Path> earlier = ModelFolders.modelLast(target);
            Collections.reverse(earlier);
            for (Path file : earlier) {
                if (known.contains(file.getFileName().toString())) {
                    move(file, replaced.resolve(file.getFileName()), moves);
                }
            }
            move(made, complete, moves);
            for (Path file : ModelFolders.modelLast(complete)) {
                move(file, target.resolve(file.getFileName()), moves);
            }
        } catch (IOException e) {
            while (!moves.isEmpty()) {
                Path[] last = moves.pop();
                move(last[1], last[0]);
            }
            ModelFolders.delete(replaced);
            throw e;
        }
        ModelFolders.delete(replaced);
        ModelFolders.delete(complete);
    }

    /** Deletes the files that are not finished, and itself. */
    @Override
    public synchronized void close() throws IOException {
        try (lock) {
            if (begun) {
                ModelFolders.delete(made);
            }
        } finally {
            UnfinishedFiles.end(made);
        }
    }

    private static void move(Path from, Path to, Deque<Path[]> moves) throws IOException {
        move(from, to);
        moves.push(new Path[] {from, to});
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to);
        }
    }
}
