package io.github.bitnetort.tests.bench;

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
        return (model, graph, y, own) -> BitMatMulNodes.add(
                graph,
                y,
                spec,
                "X",
                Operator.changed(bytes, copy -> copy.putInt(0, firstWord(own))),
                new float[] {SCALE},
                null);
    }

    /** The only packed word that is a node's own. */
    private int firstWord(RandomMatrix matrix) {
        RandomMatrix start = matrix.start(packing.weightsPerWord());
        return WeightPacker.pack(spec(start.shape()).layout(), start)[0];
    }
}
