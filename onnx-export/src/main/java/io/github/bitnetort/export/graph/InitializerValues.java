package io.github.bitnetort.export.graph;

import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

/** The values of initializers, wherever they are: in the proto's fields, its raw bytes, or a mapped file. */
public final class InitializerValues {
    private InitializerValues() {}

    /**
     * The values of an int32 tensor; a view of the mapping where there is one.
     *
     * @throws ExportException where it is of another type, or has too few or too many values
     */
    public static IntBuffer ints(Initializer initializer) {
        require(initializer, DataType.INT32);
        TensorProto proto = initializer.proto();
        return initializer.data().isEmpty() && !proto.hasRawData()
                ? checked(
                        initializer,
                        IntBuffer.wrap(proto.getInt32DataList().stream()
                                .mapToInt(Integer::intValue)
                                .toArray()))
                : bytes(initializer).asIntBuffer();
    }

    /** The values of a float tensor; see {@link #ints}. */
    public static float[] floats(Initializer initializer) {
        require(initializer, DataType.FLOAT);
        TensorProto proto = initializer.proto();
        FloatBuffer values;
        if (initializer.data().isEmpty() && !proto.hasRawData()) {
            values = FloatBuffer.allocate(proto.getFloatDataCount());
            proto.getFloatDataList().forEach(values::put);
            values.flip();
            checkCount(initializer, values.remaining());
        } else {
            values = bytes(initializer).asFloatBuffer();
        }
        float[] array = new float[values.remaining()];
        values.get(array);
        return array;
    }

    /** The values of an int64 tensor; see {@link #ints}. */
    public static long[] longs(Initializer initializer) {
        require(initializer, DataType.INT64);
        TensorProto proto = initializer.proto();
        if (initializer.data().isEmpty() && !proto.hasRawData()) {
            checkBytes(initializer, (long) proto.getInt64DataCount() * Long.BYTES);
            return proto.getInt64DataList().stream().mapToLong(Long::longValue).toArray();
        }
        LongBuffer values = bytes(initializer).asLongBuffer();
        long[] array = new long[values.remaining()];
        values.get(array);
        return array;
    }

    private static IntBuffer checked(Initializer initializer, IntBuffer values) {
        checkCount(initializer, values.remaining());
        return values;
    }

    private static void checkCount(Initializer initializer, int elements) {
        checkBytes(initializer, (long) elements * Integer.BYTES);
    }

    private static void checkBytes(Initializer initializer, long found) {
        if (found != initializer.byteLength()) {
            throw new ExportException("initializer " + initializer.name() + ": found " + found
                    + " bytes of values, wanted " + initializer.byteLength() + " for dimensions "
                    + initializer.dims());
        }
    }

    private static void require(Initializer initializer, DataType type) {
        if (initializer.dataType() != type.getNumber()) {
            throw new ExportException("initializer " + initializer.name() + ": found "
                    + DataType.forNumber(initializer.dataType()) + ", wanted " + type);
        }
    }

    private static ByteBuffer bytes(Initializer initializer) {
        ByteBuffer bytes;
        if (initializer.data().isEmpty()) {
            bytes = initializer.proto().getRawData().asReadOnlyByteBuffer();
        } else if (initializer.data().get() instanceof MappedTensorData mapped) {
            bytes = mapped.bytes();
        } else {
            bytes = copied(initializer.data().get());
        }
        checkBytes(initializer, bytes.remaining());
        return bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer copied(TensorData data) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(data.byteLength())).order(ByteOrder.LITTLE_ENDIAN);
        try {
            data.read(0, bytes);
        } catch (IOException e) {
            throw new ExportException("initializer: cannot read: " + e.getMessage(), e);
        }
        return bytes.flip();
    }
}
