package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An operator of ONNX Runtime that multiplies by a constant matrix. */
interface Operator {
    /** What one unit of weight is worth, for all. */
    float SCALE = 0.04f;

    /** Bytes of the constants of a node. */
    long bytes(Shape shape);

    /** Brings weights into the operator's form, once for as many nodes as wanted. */
    Prepared prepare(RandomMatrix matrix);

    /** Weights in the operator's form. */
    interface Prepared {
        /** Adds a node from {@code X} to {@code y} with a copy of the weights of its own. */
        void add(OnnxModel model, GraphBuilder graph, String y);
    }

    /** Adds a constant and returns its name. */
    static String constant(GraphBuilder graph, String name, DataType type, long[] dims, ByteBuffer data) {
        return graph.initializer(Initializer.streamed(name, type, dims, Tensors.data(data), Initializer.PAGE));
    }

    static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
