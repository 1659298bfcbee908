package io.github.bitnetort.export.checkpoint;

import io.github.bitnetort.export.ExportException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Reads tensors of a checkpoint as floats, and checks that they are what the model needs. */
public final class FloatTensors {
    private static final int CHUNK = 1 << 15;

    private FloatTensors() {}

    /** Receives part of a tensor. */
    @FunctionalInterface
    public interface Chunks<E extends Exception> {
        /** The next {@code count} values, from the array's start on; the array is used again. */
        void accept(float[] values, int count) throws E;
    }

    /**
     * A floating point tensor of exactly that shape.
     *
     * @throws ExportException naming the tensor, found and wanted
     */
    public static TensorInfo require(Checkpoint checkpoint, String name, long... shape) {
        TensorInfo info = checkpoint.info(name);
        if (!info.dtype().isFloating() || !info.shape().equals(boxed(shape))) {
            throw mismatch(info, "floating point " + Arrays.toString(shape));
        }
        return info;
    }

    /** A whole small tensor; see {@link #require}. */
    public static float[] read(Checkpoint checkpoint, String name, long... shape) {
        TensorInfo info = require(checkpoint, name, shape);
        float[] values = new float[Math.toIntExact(info.elements())];
        info.dtype().toFloats(checkpoint.bytes(name, 0, Math.toIntExact(info.byteLength())), values, 0);
        checkFinite(info, 0, values, values.length);
        return values;
    }

    /**
     * Refuses what would make every result NaN.
     *
     * @param first the number of the first value in the tensor
     * @throws ExportException naming the tensor and the element
     */
    public static void checkFinite(TensorInfo info, long first, float[] values, int count) {
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw ExportException.of(
                        info.file(),
                        "tensor " + info.name() + ": element " + (first + i),
                        values[i],
                        "a finite number");
            }
        }
    }

    /**
     * A tensor that must be there exactly when the configuration says so, because to ignore one would change the model.
     *
     * @param field what in the configuration says so
     * @return null where it is not wanted
     */
    public static float[] readIf(Checkpoint checkpoint, boolean wanted, String field, String name, int length) {
        if (!wanted && checkpoint.contains(name)) {
            throw mismatch(checkpoint.info(name), "no such tensor, as the configuration has no " + field);
        }
        return wanted ? read(checkpoint, name, length) : null;
    }

    /** Hands a tensor of any type and size over, in order, a few thousand elements at a time. */
    public static <E extends Exception> void stream(Checkpoint checkpoint, String name, Chunks<E> consumer) throws E {
        stream(checkpoint, name, 0, checkpoint.info(name).elements(), consumer);
    }

    /** The same of so many elements from {@code first} on. */
    public static <E extends Exception> void stream(
            Checkpoint checkpoint, String name, long first, long elements, Chunks<E> consumer) throws E {
        DType type = checkpoint.info(name).dtype();
        float[] values = new float[(int) Math.min(CHUNK, elements)];
        ByteBuffer bytes = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (long done = 0; done < elements; done += values.length) {
            int count = (int) Math.min(values.length, elements - done);
            bytes.clear().limit(count * type.bytes());
            checkpoint.read(name, (first + done) * type.bytes(), bytes);
            consumer.accept(values, type.toFloats(bytes.flip(), values, 0));
        }
    }

    static ExportException mismatch(TensorInfo info, String wanted) {
        return ExportException.of(info.file(), "tensor " + info.name(), info.describe(), wanted);
    }

    private static List<Long> boxed(long[] shape) {
        return Arrays.stream(shape).boxed().toList();
    }
}
