package io.github.bitnetort.export.checkpoint;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file of any size, mapped for reading. One buffer maps at most 2 GiB, so mappings start every GiB and overlap: a
 * slice of up to a GiB lies within one.
 */
public final class MappedFile implements Closeable {
    /** The longest slice. */
    public static final int MAX_SLICE = 1 << 30;

    private static final int STEP_BITS = 30;

    private final Path path;
    private final FileChannel channel;
    private final long size;
    private final ConcurrentHashMap<Long, ByteBuffer> mappings = new ConcurrentHashMap<>();

    private MappedFile(Path path, FileChannel channel) throws IOException {
        this.path = path;
        this.channel = channel;
        this.size = channel.size();
    }

    /** @throws IOException where the file cannot be read */
    public static MappedFile open(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new FileSystemException(path.toString(), null, "found a folder, wanted a file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new MappedFile(path, channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The file, for errors. */
    public Path path() {
        return path;
    }

    /** Bytes in the file when it was opened. */
    public long size() {
        return size;
    }

    /**
     * A view of the file.
     *
     * @param length at most {@link #MAX_SLICE}
     * @return read-only, little-endian
     * @throws IndexOutOfBoundsException outside the file
     */
    public ByteBuffer slice(long offset, int length) {
        Objects.checkFromIndexSize(offset, (long) length, size);
        if (length > MAX_SLICE) {
            throw new IndexOutOfBoundsException("slice of " + length + " bytes, at most " + MAX_SLICE);
        }
        if (length == 0) {
            return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
        }
        long index = offset >>> STEP_BITS;
        int start = (int) (offset - (index << STEP_BITS));
        return mappings.computeIfAbsent(index, this::map).slice(start, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Copies a part of the file into a buffer, past the mappings: what is only passed through need not stay in memory.
     *
     * @param buffer filled from its position to its limit
     * @throws IndexOutOfBoundsException outside the file
     * @throws IOException where the file cannot be read, or has become shorter; its message does not name the file
     */
    public void read(long offset, ByteBuffer buffer) throws IOException {
        Objects.checkFromIndexSize(offset, (long) buffer.remaining(), size);
        for (long at = offset; buffer.hasRemaining(); ) {
            int count = channel.read(buffer, at);
            if (count < 0) {
                throw new EOFException("found its end at byte " + channel.size() + ", wanted " + buffer.remaining()
                        + " bytes from byte " + at + " on");
            }
            at += count;
        }
    }

    private ByteBuffer map(long index) {
        long start = index << STEP_BITS;
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, start, Math.min(Integer.MAX_VALUE, size - start));
        } catch (IOException e) {
            throw new UncheckedIOException(path + ": cannot map " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        mappings.clear();
        channel.close();
    }
}
