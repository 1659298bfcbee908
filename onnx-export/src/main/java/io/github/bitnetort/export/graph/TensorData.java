package io.github.bitnetort.export.graph;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** The bytes of a tensor, made or read when they are written: little-endian, row-major, always the same. */
public interface TensorData {
    /** How many bytes {@link #writeTo} writes. */
    long byteLength();

    /** Writes all bytes. */
    void writeTo(WritableByteChannel out) throws IOException;
}
