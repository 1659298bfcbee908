package io.github.bitnetort.tests.loading;

import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.tests.OpSession;
import io.github.bitnetort.tests.op.AbstractOpRefusalTest;
import io.github.bitnetort.tests.op.OpTensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models that break the op's contract: each is refused with a message that names node, place, found and wanted. */
class RefusalTest extends AbstractOpRefusalTest {
    private static final int N = 17;
    private static final int K = 40;
    private static final int ALL_ZERO_WEIGHTS = 0x55555555;
    /** No v gives 20: ceil(256 * 18 / 243) is 19, ceil(256 * 19 / 243) is 21. */
    private static final int NO_TERNARY20 = 0x14141414;

    RefusalTest() {
        super(CustomBitMatMul.OP_TYPE, SingleNodeModel.NODE);
    }

    @Override
    protected OnnxModel good() {
        return good(Packing.TERNARY16).withFunctionBody(false).toModel();
    }

    @Override
    protected List<Breakage> breakages() {
        return List.of(
                attribute("K of zero", Attributes.of("K", 0), "K", "0", "1..132104"),
                attribute("K beyond the bound", Attributes.of("K", 132_105), "K", "132105", "1..132104"),
                attribute("negative N", Attributes.of("N", -1), "N", "-1"),
                attribute("N of another shape", Attributes.of("N", 33), "W", "[2, 3, 16]", "[3, 3, 16]"),
                attribute("K as a string", Attributes.of("K", "40"), "K", "an int"),
                attribute("unknown packing", Attributes.of("packing", "ternary99"), "ternary99", "'ternary16'"),
                attribute("unknown activation", Attributes.of("activation", "int4"), "int4", "'int8' or 'sign'"),
                attribute("odd block size", Attributes.of("block_size", 33), "block_size", "33", "0, 32, 64, 128"),
                attribute("K no multiple of block_size", Attributes.of("block_size", 32), "K", "40", "32"),
                attribute(
                        "another packing's words",
                        Attributes.of("packing", "binary32"),
                        "W",
                        "[2, 3, 16]",
                        "[2, 2, 16]"),
                missingAttribute("K"),
                missingAttribute("N"),
                missingAttribute("packing"),
                missingAttribute("activation"),
                missingAttribute("block_size"),
                input("code 3", 1, words(0x55555555, 0x55555557), "W", "[n=0, k=0]", "0x57", "codes 0..2"),
                input("W of floats", 1, Tensors.floats("bad", new long[] {2, 3, 16}, new float[96]), "tensor(float)"),
                input("W too short", 1, words(new long[] {1, 3, 16}), "W", "[1, 3, 16]", "[2, 3, 16]"),
                input("W of another rank", 1, words(new long[] {96}), "W", "[96]", "[2, 3, 16]"),
                input("scale too long", 2, Tensors.floats("bad", new long[] {2}, 1, 1), "scale", "[2]", "[1] or [17]"),
                input(
                        "scale not finite",
                        2,
                        Tensors.floats("bad", new long[] {1}, Float.NaN),
                        "scale",
                        "nan",
                        "finite"),
                input("bias too short", 3, Tensors.floats("bad", new long[] {3}, 1, 1, 1), "bias", "[3]", "[17]"),
                input("bias not finite", 3, infiniteBias(), "bias", "inf", "finite"),
                fed("W", 1, DataType.INT32, 2, 3, 16));
    }

    @Test
    void aByteThatNoTernary20PackerWritesIsRefused() {
        OnnxModel model = good(Packing.TERNARY20).withFunctionBody(false).toModel();
        replaceInput(model, 1, words(new long[] {2, 2, 16}, NO_TERNARY20, NO_TERNARY20));
        assertSessionIsRefused(model, List.of("W", "0x14"));
    }

    @Test
    void unbrokenModelRuns() throws Exception {
        for (Packing packing : List.of(Packing.TERNARY16, Packing.TERNARY20)) {
            try (OpSession session = OpSession.withPlugIn(good(packing), 1)) {
                session.run(new float[K], 1);
            }
        }
    }

    @Test
    void activationsOfAnotherWidthAreRefusedAtTheRun() throws Exception {
        OnnxModel model = good();
        model.graph().inputs().set(0, Tensors.value("X", DataType.FLOAT, "d0", "d1"));
        assertRunIsRefused(model, List.of(OpTensor.zeros("X", 1, K + 1)), "input X", "[1, 41]", "40");
    }

    private static SingleNodeModel good(Packing packing) {
        BitMatMulSpec spec = new BitMatMulSpec(N, K, packing, Activation.INT8, 0);
        int[] words = new int[spec.layout().wordCount()];
        // in ternary20 a byte of five zero weights is ceil(256 * 121 / 243)
        Arrays.fill(words, packing == Packing.TERNARY16 ? ALL_ZERO_WEIGHTS : 0x80808080);
        return SingleNodeModel.of(spec, PackedWeights.of(spec.layout(), words), new float[] {1}, new float[N]);
    }

    private static TensorProto infiniteBias() {
        float[] bias = new float[N];
        bias[5] = Float.POSITIVE_INFINITY;
        return Tensors.floats("bad", new long[] {N}, bias);
    }

    private static TensorProto words(int rest, int first) {
        return words(new long[] {2, 3, 16}, rest, first);
    }

    private static TensorProto words(long[] shape) {
        return words(shape, ALL_ZERO_WEIGHTS, ALL_ZERO_WEIGHTS);
    }

    private static TensorProto words(long[] shape, int rest, int first) {
        int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("bad").setDataType(DataType.INT32.getNumber());
        Arrays.stream(shape).forEach(tensor::addDims);
        tensor.addInt32Data(first);
        for (int i = 1; i < count; i++) {
            tensor.addInt32Data(rest);
        }
        return tensor.build();
    }
}
