package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** An operator of ONNX Runtime that multiplies by a constant matrix. */
interface Operator {
    /** What one unit of weight is worth, for all. */
    float SCALE = 0.04f;

    /** Bytes of the constants of a node. */
    long bytes(Shape shape);

    /** Brings weights into the operator's form, once for all nodes of the same seed. */
    Prepared prepare(RandomMatrix matrix);

    /** Weights in the operator's form. */
    interface Prepared {
        /**
         * Adds a node from {@code X} to {@code y} with weights of its own.
         *
         * @param matrix of the seed that was prepared
         */
        void add(OnnxModel model, GraphBuilder graph, String y, RandomMatrix matrix);
    }

    /** Adds a constant and returns its name. */
    static String constant(GraphBuilder graph, String name, DataType type, long[] dims, TensorData data) {
        return graph.initializer(Initializer.streamed(name, type, dims, data, Initializer.PAGE));
    }

    /**
     * A copy of bytes with a change of its own, made when it is written.
     *
     * @param change gets a little-endian copy
     */
    static TensorData changed(ByteBuffer bytes, Consumer<ByteBuffer> change) {
        return new TensorData() {
            @Override
            public long byteLength() {
                return bytes.capacity();
            }

            @Override
            public int unitBytes() {
                return bytes.capacity();
            }

            @Override
            public void read(long offset, ByteBuffer dst) {
                ByteBuffer copy = littleEndian(bytes.capacity());
                copy.put(0, bytes, 0, bytes.capacity());
                change.accept(copy);
                dst.put(copy);
            }
        };
    }

    static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
