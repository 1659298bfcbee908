package io.github.bitnetort.tests.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleAttentionModel;
import io.github.bitnetort.export.SingleGatedUnitModel;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.ops.WeightPacker;
import io.github.bitnetort.runtime.BitNetOps;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Nodes whose optional inputs are left out by empty names, as other tools write them, are those whose list of inputs ends
 * earlier. ONNX Runtime before 1.24 crashed on them.
 */
class LeftOutInputsTest {
    private final Random random = new Random(7);

    @Test
    void bitMatMulWithoutBias() throws OrtException {
        BitMatMulSpec spec = new BitMatMulSpec(5, 64, Packing.TERNARY16, Activation.INT8, 0);
        int[] words = WeightPacker.pack(spec.layout(), (n, dst, offset) -> {
            for (int k = 0; k < spec.k(); k++) {
                dst[offset + k] = (byte) (random.nextInt(3) - 1);
            }
        });
        OnnxModel model = SingleNodeModel.of(spec, PackedWeights.of(spec.layout(), words), new float[] {0.5f}, null)
                .toModel();
        assertSame(model, 1, List.of(random("X", 2, 64)), OpTensor.zeros("Y", 2, 5));
    }

    @Test
    void gatedUnitWithoutNorm() throws OrtException {
        OnnxModel model = new SingleGatedUnitModel(new GatedUnitSpec(4), false, 2).toModel();
        assertSame(model, 1, List.of(random("X", 3, 8)), OpTensor.zeros("Y", 3, 4));
    }

    @Test
    void attentionWithJoinedProjections() throws OrtException {
        GroupQueryAttentionSpec spec = new GroupQueryAttentionSpec(4, 2, 16, 0.25f);
        OnnxModel model = new SingleAttentionModel(
                        new GroupQueryAttentionProblem(spec, new float[10 * 8], new float[10 * 8]), true, false)
                .toModel();
        List<OpTensor> inputs = List.of(
                random("query", 1, 3, spec.joinedWidth()),
                random("past_key", 1, 2, 6, 16),
                random("past_value", 1, 2, 6, 16),
                OpTensor.of("total", new long[] {1}, 5L),
                OpTensor.of("padding", new long[] {1}, 1L));
        assertSame(model, 2, inputs, OpTensor.zeros("Y", 1, 3, 64));
    }

    private static void assertSame(OnnxModel model, int leftOut, List<OpTensor> inputs, OpTensor output)
            throws OrtException {
        float[] without = run(model, inputs, output);
        model.graph().nodes().replaceAll(node -> withEmptyNames(node, leftOut));
        assertArrayEquals(without, run(model, inputs, output));
    }

    private static NodeProto withEmptyNames(NodeProto node, int leftOut) {
        return node.getDomain().equals(CustomBitMatMul.DOMAIN)
                ? node.toBuilder().addAllInput(Collections.nCopies(leftOut, "")).build()
                : node;
    }

    private static float[] run(OnnxModel model, List<OpTensor> inputs, OpTensor output) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            return OpRun.of(output.name(), ModelWriter.toBytes(model), options, inputs, List.of(output))
                    .get(0);
        }
    }

    private OpTensor random(String name, long... shape) {
        OpTensor tensor = OpTensor.zeros(name, shape);
        float[] values = tensor.floats();
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return OpTensor.of(name, shape, values);
    }
}
