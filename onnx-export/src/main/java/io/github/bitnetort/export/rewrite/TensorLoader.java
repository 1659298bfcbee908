package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.checkpoint.DType;
import io.github.bitnetort.export.graph.ElementTypes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** Brings initializers and tensors of attributes into memory. */
final class TensorLoader {
    private TensorLoader() {}

    static DenseTensor load(Initializer initializer) {
        if (initializer.data().isEmpty()) {
            return load(initializer.proto());
        }
        DenseTensor tensor = new DenseTensor(type(initializer.proto()), dims(initializer.dims()));
        Filler filler = new Filler(tensor);
        stream(initializer.data().get(), initializer.name(), filler);
        filler.finish();
        return tensor;
    }

    /** The first rows of a matrix. */
    static DenseTensor head(Initializer initializer, int rows) {
        int[] dims = dims(initializer.dims());
        dims[0] = Math.min(rows, dims[0]);
        DenseTensor tensor = new DenseTensor(type(initializer.proto()), dims);
        Filler filler = new Filler(tensor);
        try {
            if (initializer.data().isPresent()) {
                stream(initializer.data().get(), initializer.name(), filler);
            } else if (initializer.proto().hasRawData()) {
                initializer.proto().getRawData().asReadOnlyByteBufferList().forEach(filler::write);
            } else {
                return load(initializer.proto());
            }
        } catch (Filler.Full e) {
            return tensor;
        }
        return tensor;
    }

    static DenseTensor load(TensorProto proto) {
        if (proto.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
            throw new EvaluationException("tensor " + proto.getName() + ", external data outside the main graph");
        }
        DenseTensor tensor = new DenseTensor(type(proto), dims(proto.getDimsList()));
        if (proto.hasRawData()) {
            Filler filler = new Filler(tensor);
            proto.getRawData().asReadOnlyByteBufferList().forEach(filler::write);
            filler.finish();
        } else {
            fields(proto, tensor);
        }
        return tensor;
    }

    static DataType type(TensorProto proto) {
        DataType type = DataType.forNumber(proto.getDataType());
        if (type == null) {
            throw new EvaluationException("data type " + proto.getDataType());
        }
        return type;
    }

    private static int[] dims(List<Long> dims) {
        return dims.stream()
                .mapToInt(dim -> {
                    if (dim != dim.intValue()) {
                        throw new EvaluationException("a shape " + dims);
                    }
                    return dim.intValue();
                })
                .toArray();
    }

    private static void stream(TensorData data, String name, WritableByteChannel out) {
        try {
            data.writeTo(out);
        } catch (IOException e) {
            throw new EvaluationException("tensor " + name + ": " + e.getMessage());
        }
    }

    private static void fields(TensorProto proto, DenseTensor to) {
        switch (to.type()) {
            case FLOAT -> {
                checkCount(proto.getFloatDataCount(), to);
                for (int i = 0; i < to.size(); i++) {
                    to.set(i, proto.getFloatData(i));
                }
            }
            case DOUBLE -> {
                checkCount(proto.getDoubleDataCount(), to);
                for (int i = 0; i < to.size(); i++) {
                    to.set(i, proto.getDoubleData(i));
                }
            }
            case INT64 -> {
                checkCount(proto.getInt64DataCount(), to);
                for (int i = 0; i < to.size(); i++) {
                    to.set(i, proto.getInt64Data(i));
                }
            }
            case UINT32, UINT64 -> {
                checkCount(proto.getUint64DataCount(), to);
                for (int i = 0; i < to.size(); i++) {
                    to.set(i, proto.getUint64Data(i));
                }
            }
            case FLOAT16, BFLOAT16 -> {
                checkCount(proto.getInt32DataCount(), to);
                ByteBuffer bits = ByteBuffer.allocate(2 * to.size()).order(ByteOrder.LITTLE_ENDIAN);
                proto.getInt32DataList().forEach(value -> bits.putShort(value.shortValue()));
                fill(bits.flip(), to);
            }
            case INT4, UINT4, INT2, UINT2 -> {
                ByteBuffer bytes = ByteBuffer.allocate(proto.getInt32DataCount());
                proto.getInt32DataList().forEach(value -> bytes.put(value.byteValue()));
                fill(bytes.flip(), to);
            }
            default -> {
                checkCount(proto.getInt32DataCount(), to);
                for (int i = 0; i < to.size(); i++) {
                    to.set(i, (long) proto.getInt32Data(i));
                }
            }
        }
    }

    private static void fill(ByteBuffer bytes, DenseTensor to) {
        Filler filler = new Filler(to);
        filler.write(bytes);
        filler.finish();
    }

    private static void checkCount(int found, DenseTensor to) {
        if (found != to.size()) {
            throw new EvaluationException("a tensor with " + found + " values, wanted " + to.size());
        }
    }

    /** Decodes little-endian bytes as they come. */
    private static final class Filler implements WritableByteChannel {
        /** There are more elements than the tensor has room for. */
        private static final class Full extends EvaluationException {
            private static final long serialVersionUID = 1;

            Full() {
                super("a tensor with more bytes than its shape has");
            }
        }

        private final DenseTensor tensor;
        private final int bits;
        private final ByteBuffer rest = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final float[] one = new float[1];
        private int at;

        Filler(DenseTensor tensor) {
            this.tensor = tensor;
            this.bits = ElementTypes.bits(tensor.type());
        }

        @Override
        public int write(ByteBuffer source) {
            int count = source.remaining();
            ByteBuffer from = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
            source.position(source.limit());
            int width = Math.max(1, bits / 8);
            while (from.hasRemaining()) {
                if (rest.position() > 0 || from.remaining() < width) {
                    rest.put(from.get());
                    if (rest.position() == width) {
                        rest.flip();
                        element(rest);
                        rest.clear();
                    }
                } else {
                    element(from);
                }
            }
            return count;
        }

        private void element(ByteBuffer from) {
            if (bits < 8) {
                fields(from.get());
                return;
            }
            if (at >= tensor.size()) {
                throw new Full();
            }
            switch (tensor.type()) {
                case FLOAT -> tensor.set(at, from.getFloat());
                case DOUBLE -> tensor.set(at, from.getDouble());
                case FLOAT16 -> half(from, DType.F16);
                case BFLOAT16 -> half(from, DType.BF16);
                case INT64, UINT64 -> tensor.set(at, from.getLong());
                case INT32, UINT32 -> tensor.set(at, (long) from.getInt());
                case INT16, UINT16 -> tensor.set(at, (long) from.getShort());
                default -> tensor.set(at, (long) from.get());
            }
            at++;
        }

        private void half(ByteBuffer from, DType type) {
            ByteBuffer element = from.slice(from.position(), 2).order(ByteOrder.LITTLE_ENDIAN);
            type.toFloats(element, one, 0);
            from.position(from.position() + 2);
            tensor.set(at, one[0]);
        }

        /** Elements of 2 or 4 bits, the first in the lowest bits. */
        private void fields(byte packed) {
            boolean signed = tensor.type() == DataType.INT4 || tensor.type() == DataType.INT2;
            for (int shift = 0; shift < 8 && at < tensor.size(); shift += bits) {
                int code = packed >>> shift & (1 << bits) - 1;
                tensor.set(at++, (long) (signed && code >= 1 << bits - 1 ? code - (1 << bits) : code));
            }
        }

        void finish() {
            if (at != tensor.size()) {
                throw new EvaluationException("a tensor with " + at + " elements, wanted " + tensor.size());
            }
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
