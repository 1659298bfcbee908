package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.TensorData;
import java.nio.ByteBuffer;

/** A tensor of a checkpoint as float32, converted as it is read. */
final class FloatTensorData implements TensorData {
    private final Checkpoint checkpoint;
    private final String name;

    FloatTensorData(Checkpoint checkpoint, String name) {
        this.checkpoint = checkpoint;
        this.name = name;
    }

    @Override
    public long byteLength() {
        return Math.multiplyExact(checkpoint.info(name).elements(), Float.BYTES);
    }

    @Override
    public int unitBytes() {
        return Float.BYTES;
    }

    /** @throws ExportException for a value that is not finite, naming file, tensor and element */
    @Override
    public void read(long offset, ByteBuffer dst) {
        long end = (offset + dst.remaining()) / Float.BYTES;
        FloatTensors.stream(checkpoint, name, offset / Float.BYTES, dst.remaining() / Float.BYTES, (values, count) -> {
            FloatTensors.checkFinite(checkpoint.info(name), end - dst.remaining() / Float.BYTES, values, count);
            dst.asFloatBuffer().put(values, 0, count);
            dst.position(dst.position() + count * Float.BYTES);
        });
    }
}
