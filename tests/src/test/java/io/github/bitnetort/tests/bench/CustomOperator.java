package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.BitMatMulNodes;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;

/** CustomBitMatMul. */
record CustomOperator(Packing packing, Activation activation) implements Operator {
    BitMatMulSpec spec(Shape shape) {
        return new BitMatMulSpec(shape.n(), shape.k(), packing, activation, 0);
    }

    @Override
    public long bytes(Shape shape) {
        return (long) Integer.BYTES * spec(shape).layout().wordCount();
    }

    @Override
    public Prepared prepare(RandomMatrix matrix) {
        BitMatMulSpec spec = spec(matrix.shape());
        int[] words = WeightPacker.pack(spec.layout(), matrix);
        ByteBuffer bytes = Operator.littleEndian(words.length * Integer.BYTES);
        bytes.asIntBuffer().put(words);
        return (model, graph, y) ->
                BitMatMulNodes.add(graph, y, spec, "X", Tensors.data(bytes), new float[] {SCALE}, null);
    }
}
