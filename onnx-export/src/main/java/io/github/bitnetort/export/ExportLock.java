package io.github.bitnetort.export;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps a folder to one export at a time, by a locked file in it. The system drops the lock when the process ends, however
 * that comes about: whoever gets it knows that what else is in the folder belongs to nobody any more. Closing it deletes
 * the file, and the folder where nothing else is in it.
 */
final class ExportLock implements Closeable {
    static final String FILE = "lock";

    /** Each attempt that is lost to the end of another export; far more than there are. */
    private static final int ATTEMPTS = 1000;

    /** Of this process: to close a second channel to a file would drop the lock that the first one has. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final Path held;
    private final FileChannel channel;
    private boolean closed;

    private ExportLock(Path folder, Path held, FileChannel channel) {
        this.folder = folder;
        this.held = held;
        this.channel = channel;
    }

    /**
     * Takes the folder, and makes it where it is not there.
     *
     * @param folder its parent exists
     * @param target the output folder, for messages
     * @throws ExportException where another export has it, or it is none of an export's
     */
    static ExportLock acquire(Path folder, Path target) throws IOException {
        Path held = folder.getParent().toRealPath().resolve(folder.getFileName());
        if (!HELD.add(held)) {
            throw taken(target);
        }
        FileChannel channel = null;
        try {
            for (int i = 0; i < ATTEMPTS && channel == null; i++) {
                channel = attempt(folder, target);
            }
            if (channel == null) {
                throw taken(target);
            }
            return new ExportLock(folder, held, channel);
        } finally {
            if (channel == null) {
                HELD.remove(held);
            }
        }
    }

    /** A channel with the lock; null where the export that had it removed its file meanwhile. */
    private static FileChannel attempt(Path folder, Path target) throws IOException {
        makeFolder(folder);
        Path file = folder.resolve(FILE);
        FileChannel channel = null;
        boolean locked = false;
        try {
            Object key = keyOfNewOrOld(file);
            channel = FileChannel.open(file, Set.<OpenOption>of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
            if (lock(channel, target) == null) {
                throw taken(target);
            }
            // Only who has the lock deletes the file: as it is the one that was there before, it stays.
            locked = Objects.equals(key, key(file));
            return locked ? channel : null;
        } catch (NoSuchFileException e) {
            return null;
        } finally {
            if (!locked && channel != null) {
                channel.close();
            }
        }
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
                    && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw ExportException.of(folder, "output", "a file or link", "nothing of this name");
            }
        }
    }

    private static Object keyOfNewOrOld(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS) || Files.isSymbolicLink(file)) {
                throw ExportException.of(file, "output", "a folder or link", "a file of an export, or nothing");
            }
        }
        return key(file);
    }

    private static Object key(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    private static FileLock lock(FileChannel channel, Path target) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        } catch (IOException e) {
            FileSystemException named =
                    new FileSystemException(target.toString(), null, "cannot be locked: " + e.getMessage());
            named.initCause(e);
            throw named;
        }
    }

    private static ExportException taken(Path target) {
        return ExportException.of(target, "output", "another export writing here", "none until this one ends");
    }

    /** May be called twice, and from two threads where one ends the program. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (channel) {
            Files.deleteIfExists(folder.resolve(FILE));
        } finally {
            HELD.remove(held);
        }
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // The next export has it already, or finds there what this one could not put back.
        }
    }
}
