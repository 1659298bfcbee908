package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.model.BitMatMulNodes;
import io.github.bitnetort.natives.BitMatMulLibrary;
import io.github.bitnetort.natives.MatMulSpec;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulProblem;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.ScalarBitMatMul;
import io.github.bitnetort.ops.WeightPacker;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** CustomBitMatMul. */
record CustomOperator(Packing packing, Activation activation) implements OwnOperator {
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

    @Override
    public String kernel(Shape shape, int m) {
        MatMulSpec spec = new MatMulSpec(shape.n(), shape.k(), packing.onnxName(), activation.onnxName(), 0);
        return BitMatMulLibrary.chosenKernel(spec, m, null).name();
    }

    @Override
    public float[] oracle(RandomMatrix matrix, float[] x, int rows) {
        BitMatMulSpec spec = spec(matrix.shape());
        PackedWeights weights = PackedWeights.of(spec.layout(), WeightPacker.pack(spec.layout(), matrix));
        float[] y = new float[rows * spec.n()];
        Arrays.fill(y, Float.NaN);
        new ScalarBitMatMul().compute(new BitMatMulProblem(spec, weights, new float[] {SCALE}, null), x, rows, y);
        return y;
    }

    /** The only packed word that is a node's own. */
    private int firstWord(RandomMatrix matrix) {
        RandomMatrix start = matrix.start(packing.weightsPerWord());
        return WeightPacker.pack(spec(start.shape()).layout(), start)[0];
    }
}
