package io.github.bitnetort.export.checkpoint.gguf;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.MappedFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

/** A GGUF file, mapped. All that its header claims is checked against the file before any tensor is read. */
final class GgufFile implements Closeable {
    private final MappedFile file;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;

    private GgufFile(MappedFile file, I2sLayout layout) {
        this.file = file;
        GgufHeader header = GgufHeader.read(file);
        this.metadata = header.metadata();
        this.tensors =
                Collections.unmodifiableMap(new GgufTensorTable(file.path(), file.size(), header, layout).read());
    }

    /** @throws ExportException naming the key or tensor, found and wanted, where header and file disagree */
    static GgufFile open(Path path, I2sLayout layout) throws IOException {
        MappedFile mapped;
        try {
            mapped = MappedFile.open(path);
        } catch (NoSuchFileException e) {
            throw new ExportException(path + ": found no such file, wanted a GGUF file", e);
        }
        try {
            return new GgufFile(mapped, layout);
        } catch (RuntimeException e) {
            mapped.close();
            throw e;
        }
    }

    Path path() {
        return file.path();
    }

    GgufMetadata metadata() {
        return metadata;
    }

    /** By the file's own names. */
    Map<String, GgufTensor> tensors() {
        return tensors;
    }

    /**
     * A copy of a part of a tensor's bytes as they are in the file, little-endian.
     *
     * @throws ExportException where they cannot be read
     */
    ByteBuffer bytes(GgufTensor tensor, long offset, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        try {
            file.read(tensor.offset() + offset, bytes);
            return bytes.flip();
        } catch (IOException e) {
            throw new ExportException(path() + ": tensor " + tensor.name() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
