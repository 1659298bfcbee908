package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.checkpoint.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A tensor's bytes in a mapped file. */
public final class MappedTensorData implements TensorData {
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
    public int unitBytes() {
        return 1;
    }

    @Override
    public void read(long from, ByteBuffer dst) throws IOException {
        try {
            file.read(offset + from, dst);
        } catch (IOException e) {
            throw new IOException(file.path() + ": " + e.getMessage(), e);
        }
    }
}
