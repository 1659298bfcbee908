package io.github.bitnetort.tests.loading;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNodeModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedWeights;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.OpSession;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that break the op's contract: each is refused with a message that names node, place, found and wanted. */
class RefusalTest {
    private static final int N = 17;
    private static final int K = 40;
    private static final int ALL_ZERO_WEIGHTS = 0x55555555;
    /** No v gives 20: ceil(256 * 18 / 243) is 19, ceil(256 * 19 / 243) is 21. */
    private static final int NO_TERNARY20 = 0x14141414;

    /** A way to break a good model, and what the message must say besides the node's name. */
    record Breakage(String name, Packing packing, Consumer<OnnxModel> how, List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Breakage> breakages() {
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
                new Breakage(
                        "W fed at run time", Packing.TERNARY16, RefusalTest::feedWeights, List.of("W", "constant")),
                new Breakage(
                        "a byte that no ternary20 packer writes",
                        Packing.TERNARY20,
                        model -> replaceInput(model, 1, words(new long[] {2, 2, 16}, NO_TERNARY20, NO_TERNARY20)),
                        List.of("W", "0x14")));
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void sessionIsRefused(Breakage breakage) throws Exception {
        OnnxModel model = good(breakage.packing).toModel();
        model.functions().clear();
        breakage.how.accept(model);
        byte[] bytes = ModelWriter.toBytes(model);
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            OrtException refused = assertThrows(
                    OrtException.class,
                    () -> OrtEnvironment.getEnvironment()
                            .createSession(bytes, options)
                            .close());
            System.out.println(breakage + ": " + refused.getMessage());
            assertSays(refused.getMessage(), breakage.says);
        }
    }

    @Test
    void unbrokenModelIsTaken() throws Exception {
        for (Packing packing : List.of(Packing.TERNARY16, Packing.TERNARY20)) {
            try (OpSession session = OpSession.withPlugIn(good(packing), 1)) {
                session.run(new float[K], 1);
            }
        }
    }

    @Test
    void activationsOfAnotherWidthAreRefusedAtTheRun() throws Exception {
        OnnxModel model = good(Packing.TERNARY16).toModel();
        model.functions().clear();
        model.graph().inputs().set(0, Tensors.value("X", DataType.FLOAT, "d0", "d1"));
        try (OpSession session = OpSession.withPlugIn(model, K + 1, N)) {
            OrtException refused = assertThrows(OrtException.class, () -> session.run(new float[K + 1], 1));
            System.out.println(refused.getMessage());
            assertSays(refused.getMessage(), List.of("X", "[1, 41]", "40"));
        }
    }

    private static void assertSays(String message, List<String> parts) {
        assertTrue(message.contains(SingleNodeModel.NODE), "the node is not named: " + message);
        for (String part : parts) {
            assertTrue(message.contains(part), "not said: " + part + ": " + message);
        }
    }

    private static SingleNodeModel good(Packing packing) {
        BitMatMulSpec spec = new BitMatMulSpec(N, K, packing, Activation.INT8, 0);
        int[] words = new int[spec.layout().wordCount()];
        // in ternary20 a byte of five zero weights is ceil(256 * 121 / 243)
        Arrays.fill(words, packing == Packing.TERNARY16 ? ALL_ZERO_WEIGHTS : 0x80808080);
        return SingleNodeModel.of(spec, PackedWeights.of(spec.layout(), words), new float[] {1}, new float[N]);
    }

    private static Breakage attribute(String name, AttributeProto attribute, String... says) {
        return new Breakage(
                name,
                Packing.TERNARY16,
                model -> changeNode(model, node -> {
                    removeAttribute(node, attribute.getName());
                    node.addAttribute(attribute);
                }),
                List.of(says));
    }

    private static Breakage missingAttribute(String attribute) {
        return new Breakage(
                "no " + attribute,
                Packing.TERNARY16,
                model -> changeNode(model, node -> removeAttribute(node, attribute)),
                List.of(attribute, "found none"));
    }

    private static Breakage input(String name, int index, TensorProto tensor, String... says) {
        return new Breakage(name, Packing.TERNARY16, model -> replaceInput(model, index, tensor), List.of(says));
    }

    private static void replaceInput(OnnxModel model, int index, TensorProto tensor) {
        model.graph().addInitializer(Initializer.inline(tensor));
        changeNode(model, node -> node.setInput(index, tensor.getName()));
    }

    private static void feedWeights(OnnxModel model) {
        model.graph().inputs().add(Tensors.value("fed", DataType.INT32, 2, 3, 16));
        changeNode(model, node -> node.setInput(1, "fed"));
    }

    private static void changeNode(OnnxModel model, Consumer<NodeProto.Builder> change) {
        model.graph().nodes().replaceAll(node -> {
            if (!node.getOpType().equals(CustomBitMatMul.OP_TYPE)) {
                return node;
            }
            NodeProto.Builder builder = node.toBuilder();
            change.accept(builder);
            return builder.build();
        });
    }

    private static void removeAttribute(NodeProto.Builder node, String name) {
        for (int i = 0; i < node.getAttributeCount(); i++) {
            if (node.getAttribute(i).getName().equals(name)) {
                node.removeAttribute(i);
                return;
            }
        }
        throw new AssertionError("the good model has no attribute " + name);
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
