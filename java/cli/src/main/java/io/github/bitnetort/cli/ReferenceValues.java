package io.github.bitnetort.cli;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.ProbePoint;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.checkpoint.SafetensorsCheckpoint;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Layers' inputs and outputs that another program saved: tensors {@code module.NAME.input} and
 * {@code module.NAME.output} of a safetensors file, and the token ids that they are of, {@code *.input_ids} [1, seq].
 */
final class ReferenceValues implements ProbeValues, AutoCloseable {
    private static final String MODULE = "module.";
    private static final String IDS = ".input_ids";

    private final Path path;
    private final Checkpoint file;

    private ReferenceValues(Path path, Checkpoint file) {
        this.path = path;
        this.file = file;
    }

    static boolean isReference(Path path) {
        return path.toString().endsWith(".safetensors");
    }

    /** @throws ExportException where the file holds no such tensors */
    static ReferenceValues open(Path path) throws IOException {
        ReferenceValues values = new ReferenceValues(path, SafetensorsCheckpoint.openFile(path));
        if (values.file.tensorNames().stream().noneMatch(name -> name.startsWith(MODULE))) {
            values.close();
            throw ExportException.of(
                    path, "tensors", "none of name module.*", "module.NAME.input and module.NAME.output");
        }
        return values;
    }

    @Override
    public String description() {
        return path + " (reference tensors)";
    }

    @Override
    public Optional<float[]> input(ProbePoint point) {
        return floats(MODULE + point.module() + ".input");
    }

    @Override
    public Optional<float[]> output(ProbePoint point) {
        return floats(MODULE + point.module() + ".output");
    }

    /**
     * The one prompt in the file that is as long as the modules' inputs.
     *
     * @throws ExportException where there is none, or more than one
     */
    long[] ids() {
        List<Long> shape = file.tensorNames().stream()
                .filter(name -> name.startsWith(MODULE))
                .findFirst()
                .map(name -> file.info(name).shape())
                .orElseThrow();
        List<Long> wanted = List.of(1L, shape.get(shape.size() - 2));
        List<String> found = file.tensorNames().stream()
                .filter(name -> name.endsWith(IDS))
                .filter(name -> file.info(name).shape().equals(wanted))
                .toList();
        if (found.size() != 1) {
            throw ExportException.of(
                    path,
                    "tensors *" + IDS + " of shape " + wanted,
                    found.isEmpty() ? "none" : found,
                    "one, or --prompt-ids");
        }
        return integers(found.get(0));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private Optional<float[]> floats(String name) {
        if (!file.contains(name)) {
            return Optional.empty();
        }
        long[] shape =
                file.info(name).shape().stream().mapToLong(Long::longValue).toArray();
        return Optional.of(FloatTensors.read(file, name, shape));
    }

    private long[] integers(String name) {
        TensorInfo info = file.info(name);
        ByteBuffer bytes = file.bytes(name, 0, Math.toIntExact(info.byteLength()));
        long[] values = new long[Math.toIntExact(info.elements())];
        boolean wide = info.dtype().bytes() == Long.BYTES;
        for (int i = 0; i < values.length; i++) {
            values[i] = wide ? bytes.getLong(i * Long.BYTES) : bytes.getInt(i * Integer.BYTES);
        }
        return values;
    }
}
