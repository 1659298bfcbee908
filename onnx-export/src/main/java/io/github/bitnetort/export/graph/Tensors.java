package io.github.bitnetort.export.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.TensorShapeProto;
import io.github.bitnetort.export.onnx.TypeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Makes small tensors and tensor types. */
public final class Tensors {
    private Tensors() {}

    /** A tensor of floats; without dimensions, a scalar. */
    public static TensorProto floats(String name, long[] dims, float... values) {
        ByteBuffer bytes = allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return raw(name, DataType.FLOAT, dims, bytes);
    }

    /** A tensor of int64; without dimensions, a scalar. */
    public static TensorProto longs(String name, long[] dims, long... values) {
        ByteBuffer bytes = allocate(values.length * Long.BYTES);
        bytes.asLongBuffer().put(values);
        return raw(name, DataType.INT64, dims, bytes);
    }

    /** A tensor of uint8; without dimensions, a scalar. */
    public static TensorProto bytes(String name, long[] dims, byte... values) {
        return raw(name, DataType.UINT8, dims, ByteBuffer.wrap(values.clone()));
    }

    /** Floats of an array, as an initializer's data. */
    public static TensorData data(float[] values) {
        ByteBuffer bytes = allocate(Math.multiplyExact(values.length, Float.BYTES));
        bytes.asFloatBuffer().put(values);
        return data(bytes);
    }

    /** Float16 numbers of an array, by their bits, as an initializer's data. */
    public static TensorData data(short[] halves) {
        ByteBuffer bytes = allocate(Math.multiplyExact(halves.length, Short.BYTES));
        bytes.asShortBuffer().put(halves);
        return data(bytes);
    }

    /** The remaining bytes of a little-endian buffer, as an initializer's data. */
    public static TensorData data(ByteBuffer bytes) {
        ByteBuffer view = bytes.slice();
        return new TensorData() {
            @Override
            public long byteLength() {
                return view.capacity();
            }

            @Override
            public int unitBytes() {
                return 1;
            }

            @Override
            public void read(long offset, ByteBuffer dst) {
                dst.put(view.slice((int) offset, dst.remaining()));
            }
        };
    }

    /**
     * A named value of a tensor type.
     *
     * @param dims each an Integer or Long, or the name of a dimension
     */
    public static ValueInfoProto value(String name, DataType type, Object... dims) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            if (dim instanceof Number size) {
                shape.addDimBuilder().setDimValue(size.longValue());
            } else {
                shape.addDimBuilder().setDimParam((String) dim);
            }
        }
        TypeProto.Tensor.Builder tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** A named value of a tensor type, of any rank and shape. */
    public static ValueInfoProto valueOfAnyShape(String name, DataType type) {
        TypeProto.Tensor tensor =
                TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    private static TensorProto raw(String name, DataType type, long[] dims, ByteBuffer bytes) {
        ByteString data = UnsafeByteOperations.unsafeWrap(bytes);
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(Arrays.stream(dims).boxed().toList())
                .setRawData(data)
                .build();
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
