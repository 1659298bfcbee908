package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.checkpoint.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** A tensor's bytes in a mapped file. */
public final class MappedTensorData implements TensorData {
    private static final int COPY_BYTES = 1 << 20;

    private final MappedFile file;
    private final long offset;
    private final long length;

    MappedTensorData(MappedFile file, long offset, long length) {
        this.file = file;
        this.offset = offset;
        this.length = length;
    }

    @Override
    public long byteLength() {
        return length;
    }

    /** Where in its file the tensor starts. */
    public long offset() {
        return offset;
    }

    /**
     * All bytes, in the mapping.
     *
     * @return read-only, little-endian
     * @throws ArithmeticException for more than 2 GiB
     */
    public ByteBuffer bytes() {
        return file.slice(offset, Math.toIntExact(length));
    }

    @Override
    public void writeTo(WritableByteChannel out) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(COPY_BYTES, length));
        for (long done = 0; done < length; done += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), length - done));
            file.read(offset + done, buffer);
            buffer.flip();
            while (buffer.hasRemaining()) {
                out.write(buffer);
            }
        }
    }
}
