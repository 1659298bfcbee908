package io.github.bitnetort.export.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/**
 * The bytes of a tensor, made or read when they are asked for: little-endian, row-major, always the same. Threads may
 * share one and ask for different parts at once.
 */
public interface TensorData {
    /** How many bytes there are. */
    long byteLength();

    /** How many bytes are made together: parts begin and end at multiples of this divisor of the length. */
    int unitBytes();

    /**
     * How many bytes from {@code offset} on are best made in one go, where parts may be as large as that: one unit, unless
     * several share what they are made of.
     *
     * @param offset a multiple of {@link #unitBytes()}
     * @return a multiple of {@link #unitBytes()}
     */
    default long sharedBytes(long offset) {
        return unitBytes();
    }

    /**
     * Makes a part.
     *
     * @param offset of its first byte, a multiple of {@link #unitBytes()}
     * @param dst little-endian; filled from its position to its limit, which are a multiple apart
     */
    void read(long offset, ByteBuffer dst) throws IOException;

    /** Writes all bytes, part after part. */
    default void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer part = ByteBuffer.allocate(TensorParts.length(this, 0)).order(ByteOrder.LITTLE_ENDIAN);
        for (long offset = 0; offset < byteLength(); offset += part.limit()) {
            part.clear().limit(TensorParts.length(this, offset));
            read(offset, part);
            part.flip();
            while (part.hasRemaining()) {
                out.write(part);
            }
        }
    }
}
