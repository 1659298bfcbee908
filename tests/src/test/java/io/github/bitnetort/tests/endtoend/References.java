package io.github.bitnetort.tests.endtoend;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.checkpoint.SafetensorsCheckpoint;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Reference tensors of one safetensors file. */
public final class References implements AutoCloseable {
    private final Checkpoint file;

    private References(Checkpoint file) {
        this.file = file;
    }

    public static References open(Path path) throws IOException {
        return new References(SafetensorsCheckpoint.openFile(path));
    }

    public boolean contains(String name) {
        return file.contains(name);
    }

    /** Names that start with {@code prefix} and end with {@code suffix}, those parts cut off. */
    List<String> between(String prefix, String suffix) {
        return file.tensorNames().stream()
                .filter(name -> name.startsWith(prefix) && name.endsWith(suffix))
                .map(name -> name.substring(prefix.length(), name.length() - suffix.length()))
                .toList();
    }

    public int[] shape(String name) {
        return file.info(name).shape().stream().mapToInt(Math::toIntExact).toArray();
    }

    public float[] floats(String name) {
        long[] shape =
                file.info(name).shape().stream().mapToLong(Long::longValue).toArray();
        return FloatTensors.read(file, name, shape);
    }

    /** Integers of 32 or 64 bits. */
    public long[] longs(String name) {
        TensorInfo info = file.info(name);
        ByteBuffer bytes = file.bytes(name, 0, Math.toIntExact(info.byteLength()));
        long[] values = new long[Math.toIntExact(info.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = info.dtype().bytes() == Long.BYTES
                    ? bytes.getLong(i * Long.BYTES)
                    : bytes.getInt(i * Integer.BYTES);
        }
        return values;
    }

    /** Integers of shape [batch, seq]. */
    long[][] rows(String name) {
        int[] shape = shape(name);
        long[] values = longs(name);
        long[][] rows = new long[shape[0]][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(values, row * shape[1], (row + 1) * shape[1]);
        }
        return rows;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
