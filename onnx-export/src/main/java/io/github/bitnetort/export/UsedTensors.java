package io.github.bitnetort.export;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.QuantizedMatrix;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;

/** A checkpoint that remembers which of its tensors were read. */
final class UsedTensors implements Checkpoint {
    private final Checkpoint checkpoint;
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    UsedTensors(Checkpoint checkpoint) {
        this.checkpoint = checkpoint;
    }

    Set<String> used() {
        return Collections.unmodifiableSet(used);
    }

    @Override
    public Path location() {
        return checkpoint.location();
    }

    @Override
    public SortedSet<String> tensorNames() {
        return checkpoint.tensorNames();
    }

    @Override
    public boolean contains(String name) {
        return checkpoint.contains(name);
    }

    @Override
    public TensorInfo info(String name) {
        return checkpoint.info(name);
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) {
        used.add(name);
        checkpoint.read(name, offset, dst);
    }

    @Override
    public Optional<QuantizedMatrix> quantized(String name) {
        Optional<QuantizedMatrix> matrix = checkpoint.quantized(name);
        if (matrix.isPresent()) {
            used.add(name);
        }
        return matrix;
    }

    @Override
    public void close() throws IOException {
        checkpoint.close();
    }
}
