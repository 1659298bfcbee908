package io.github.bitnetort.export.model;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.checkpoint.FloatTensors;
import io.github.bitnetort.export.checkpoint.TensorInfo;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.ops.Float16;
import java.nio.ByteBuffer;

/** A matrix of a checkpoint as float16, rounded as it is read: to the nearest number, halves to the even one. */
final class F16TensorData implements TensorData {
    private final Checkpoint checkpoint;
    private final String tensor;

    F16TensorData(Checkpoint checkpoint, String tensor) {
        this.checkpoint = checkpoint;
        this.tensor = tensor;
    }

    @Override
    public long byteLength() {
        return Math.multiplyExact(checkpoint.info(tensor).elements(), Short.BYTES);
    }

    @Override
    public int unitBytes() {
        return Short.BYTES;
    }

    /** @throws ExportException for a value that is not finite as float16, naming file, tensor, row and column */
    @Override
    public void read(long offset, ByteBuffer dst) {
        long end = (offset + dst.remaining()) / Short.BYTES;
        FloatTensors.stream(
                checkpoint, tensor, offset / Short.BYTES, dst.remaining() / Short.BYTES, (values, count) -> {
                    for (int i = 0; i < count; i++) {
                        if (!(Math.abs(values[i]) < Float16.OVERFLOW)) {
                            throw tooLarge(end - dst.remaining() / Short.BYTES, values[i]);
                        }
                        dst.putShort(Float16.fromFloat(values[i]));
                    }
                });
    }

    private ExportException tooLarge(long element, float value) {
        TensorInfo info = checkpoint.info(tensor);
        long columns = info.shape().get(1);
        return ExportException.of(
                info.file(),
                "tensor " + tensor + ": row " + element / columns + ", column " + element % columns,
                value,
                "a number that float16 holds, of a magnitude below " + Float16.OVERFLOW);
    }
}
