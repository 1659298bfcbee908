package io.github.bitnetort.tests.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.bitnetort.natives.GroupQueryAttention;
import io.github.bitnetort.ops.GroupQueryAttentionInputs;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.tests.op.AbstractKernelConformanceTest;
import io.github.bitnetort.tests.op.DirectBuffers;
import io.github.bitnetort.tests.op.OpTensor;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;

class AttentionConformanceTest extends AbstractKernelConformanceTest<AttentionCase> {
    AttentionConformanceTest() {
        super(
                AttentionCases.all(),
                200,
                GroupQueryAttention.KERNELS,
                Map.of("avx512_vnni", List.of("avx512", "avx512_vnni"), "avx2", List.of("avx2", "fma")));
    }

    /** Into a cache of its own; and again in place, where that is possible. */
    @Override
    protected List<float[]> computeNatively(AttentionCase given, String isa) {
        List<float[]> copied = run(given, isa, false);
        if (given.mayRunInPlace()) {
            List<float[]> inPlace = run(given, isa, true);
            for (int i = 0; i < copied.size(); i++) {
                assertArrayEquals(bits(copied.get(i)), bits(inPlace.get(i)), isa + ", in place: " + given);
            }
        }
        return copied;
    }

    private static List<float[]> run(AttentionCase given, String isa, boolean inPlace) {
        GroupQueryAttentionInputs in = given.given();
        FloatBuffer pastKey = DirectBuffers.of(in.pastKey());
        FloatBuffer pastValue = DirectBuffers.of(in.pastValue());
        List<FloatBuffer> outputs = given.outputs().stream()
                .map(OpTensor::floats)
                .map(floats -> DirectBuffers.of(new float[floats.length]))
                .toList();
        GroupQueryAttention.Outputs to = new GroupQueryAttention.Outputs(
                outputs.get(0), inPlace ? pastKey : outputs.get(1), inPlace ? pastValue : outputs.get(2));
        GroupQueryAttention.Inputs inputs = new GroupQueryAttention.Inputs(
                in.batch(),
                in.tokens(),
                in.total(),
                in.capacity(),
                DirectBuffers.of(in.query()),
                in.key() == null ? null : DirectBuffers.of(in.key()),
                in.value() == null ? null : DirectBuffers.of(in.value()),
                pastKey,
                pastValue,
                DirectBuffers.of(in.padding()));
        GroupQueryAttention.run(node(given.problem()), isa, inputs, to);
        return List.of(
                DirectBuffers.toArray(to.y()),
                DirectBuffers.toArray(to.presentKey()),
                DirectBuffers.toArray(to.presentValue()));
    }

    private static GroupQueryAttention.Node node(GroupQueryAttentionProblem problem) {
        GroupQueryAttentionSpec spec = problem.spec();
        return new GroupQueryAttention.Node(
                spec.heads(),
                spec.kvHeads(),
                spec.headDim(),
                spec.scale(),
                problem.positions(),
                DirectBuffers.of(problem.cos()),
                DirectBuffers.of(problem.sin()));
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(values[i]);
        }
        return bits;
    }
}
