package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;

/** Named tensors on disk, read as they are asked for. Closing ends all reading. Threads may share one. */
public interface Checkpoint extends Closeable {
    /** The file that lists the tensors, for messages. */
    Path location();

    /** All names, in alphabetical order. */
    SortedSet<String> tensorNames();

    /**
     * What there is to know of a tensor.
     *
     * @throws ExportException naming the file and the tensor, where there is none
     */
    TensorInfo info(String name);

    /**
     * Copies a part of a tensor's bytes, which are little-endian: a file that is mapped to be read once would fill memory.
     *
     * @param offset in bytes from the tensor's start
     * @param dst filled from its position to its limit
     * @throws ExportException where there is no such tensor, or it cannot be read
     * @throws IndexOutOfBoundsException outside the tensor
     */
    void read(String name, long offset, ByteBuffer dst);

    /**
     * A copy of a part of a tensor's bytes; see {@link #read}.
     *
     * @return little-endian, {@code length} bytes
     */
    default ByteBuffer bytes(String name, long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        read(name, offset, bytes);
        return bytes.flip();
    }

    /** The quantized weights of a tensor that holds them together with their scales; empty for any other. */
    default Optional<QuantizedMatrix> quantized(String name) {
        return Optional.empty();
    }

    /** Whether there is a tensor of that name. */
    default boolean contains(String name) {
        return tensorNames().contains(name);
    }
}
