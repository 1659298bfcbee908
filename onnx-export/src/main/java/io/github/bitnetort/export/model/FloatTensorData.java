package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.graph.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;

/** A tensor of a checkpoint as float32, converted while it is written. */
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
    public void writeTo(WritableByteChannel out) throws IOException {
        FloatTensors.stream(checkpoint, name, (values, count) -> {
            ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values, 0, count);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        });
    }
}
