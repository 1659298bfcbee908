package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;

/** Named tensors on disk, read in place. Closing ends all reading. Threads may share one. */
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
     * Part of a tensor's bytes, without a copy where the file is mapped.
     *
     * @param offset in bytes from the tensor's start
     * @return read-only, little-endian, {@code length} bytes
     * @throws ExportException where there is no such tensor
     * @throws IndexOutOfBoundsException outside the tensor
     */
    ByteBuffer bytes(String name, long offset, int length);

    /** The quantized weights of a tensor that holds them together with their scales; empty for any other. */
    default Optional<QuantizedMatrix> quantized(String name) {
        return Optional.empty();
    }

    /** Whether there is a tensor of that name. */
    default boolean contains(String name) {
        return tensorNames().contains(name);
    }
}
