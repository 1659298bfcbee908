package io.github.bitnetort.export.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Writes tensors to a file, from its start to its end, while several threads make the parts to come. So many parts are in
 * memory as there are threads, and a few more.
 */
final class DataFile {
    /** Parts that are ready or in work beside those of the threads, so that no thread waits for a slow write. */
    private static final int AHEAD = 4;

    /** Bytes of parts that are ready or in work, but for one part alone. */
    private static final long MOST_BYTES = 1 << 27;

    /** A tensor with streamed data and its place in the file. */
    record Entry(Initializer initializer, long offset) {}

    private record Part(String tensor, long position, int length, Future<ByteBuffer> bytes) {}

    private final BlockWriter file;
    private final Progress progress;
    private final ExecutorService threads;
    private final int most;
    private final BackgroundForce force;
    private final Deque<Part> parts = new ArrayDeque<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();

    /** Bytes of each buffer, so that each is good for any part. */
    private final int capacity;

    private long partBytes;

    private DataFile(FileChannel file, int capacity, int threads, Progress progress) {
        this.capacity = capacity;
        this.file = new BlockWriter(file, free::push);
        this.progress = progress;
        this.most = threads + AHEAD;
        this.threads = Threads.start(threads);
        this.force = new BackgroundForce(file);
    }

    /**
     * @param entries by ascending offsets
     * @param threads that make parts, beside the calling one, which writes them
     * @throws IOException naming the tensor, where reading fails
     */
    static void write(FileChannel file, List<Entry> entries, int threads, Progress progress) throws IOException {
        DataFile writer = new DataFile(file, longestPart(entries), threads, progress);
        try {
            for (Entry entry : entries) {
                writer.add(entry);
            }
            while (!writer.parts.isEmpty()) {
                writer.writeNext();
            }
            writer.file.finish();
            writer.force.finish();
        } finally {
            writer.parts.forEach(part -> part.bytes.cancel(false));
            Threads.stop(writer.threads);
            writer.force.close();
        }
    }

    private static int longestPart(List<Entry> entries) {
        int longest = 0;
        for (Entry entry : entries) {
            TensorData data = entry.initializer.data().orElseThrow();
            int length;
            for (long offset = 0; offset < data.byteLength(); offset += length) {
                length = TensorParts.length(data, offset);
                longest = Math.max(longest, length);
            }
        }
        return longest;
    }

    private void add(Entry entry) throws IOException {
        TensorData data = entry.initializer.data().orElseThrow();
        int length;
        for (long offset = 0; offset < data.byteLength(); offset += length) {
            length = TensorParts.length(data, offset);
            while (parts.size() == most || !parts.isEmpty() && partBytes + length > MOST_BYTES) {
                writeNext();
            }
            Callable<ByteBuffer> work = work(data, offset, buffer(length));
            parts.add(new Part(entry.initializer.name(), entry.offset + offset, length, threads.submit(work)));
            partBytes += length;
        }
    }

    private static Callable<ByteBuffer> work(TensorData data, long offset, ByteBuffer buffer) {
        return () -> {
            data.read(offset, buffer);
            return buffer.flip();
        };
    }

    private ByteBuffer buffer(int length) {
        ByteBuffer buffer = free.poll();
        if (buffer == null) {
            buffer = ByteBuffer.allocateDirect(capacity);
        }
        return buffer.clear().limit(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void writeNext() throws IOException {
        Part part = parts.remove();
        ByteBuffer bytes = Threads.result(part.bytes, "initializer " + part.tensor);
        partBytes -= part.length;
        file.padTo(part.position);
        file.write(bytes);
        force.written(part.length);
        progress.written(part.tensor, part.length);
    }
}
