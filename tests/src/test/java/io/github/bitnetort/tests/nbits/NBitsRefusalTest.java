package io.github.bitnetort.tests.nbits;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleNBitsModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import io.github.bitnetort.runtime.BitNetOps;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that break the contract: each is refused with a message that names node, place, found and wanted. */
class NBitsRefusalTest {
    private record Breakage(String name, UnaryOperator<NodeProto> node, TensorProto input, List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Breakage> breakages() {
        return Stream.of(
                attribute("K of zero", Attributes.of("K", 0), "attribute K: found 0, wanted 1..132104"),
                attribute("K beyond the bound", Attributes.of("K", 132_105), "found 132105, wanted 1..132104"),
                attribute("odd K of 4 bits", Attributes.of("K", 33), "found 33", "even"),
                attribute("negative N", Attributes.of("N", -1), "attribute N: found -1"),
                attribute("another N", Attributes.of("N", 4), "input W: found shape [3, 16], wanted [4, 16]"),
                attribute("unknown bits", Attributes.of("bits", 2), "attribute bits: found 2, wanted 8 or 4"),
                attribute("other bits", Attributes.of("bits", 8), "wanted [3, 32] (N = 3, K = 32, bits 8"),
                attribute("unknown block size", Attributes.of("block_size", 24), "found 24, wanted 0, 16, 32"),
                attribute(
                        "other block size",
                        Attributes.of("block_size", 16),
                        "input scale: found shape [3, 1]",
                        "[3, 2]"),
                attribute("K as a string", Attributes.of("K", "32"), "attribute K", "wanted an int"),
                new Breakage("no bits", node -> without(node, "bits"), null, List.of("attribute bits: found none")),
                input("scale of a row too few", Tensors.floats("bad", new long[] {2, 1}, 1, 1), "[2, 1]", "[3, 1]"),
                input("scale not finite", Tensors.floats("bad", new long[] {3, 1}, 1, 1, Float.NaN), "nan", "finite"),
                new Breakage(
                        "W fed at run time",
                        node -> node.toBuilder().setInput(1, "W_fed").build(),
                        null,
                        List.of("input W: found a value that is computed or fed, wanted a constant")));
    }

    private static Breakage attribute(String name, AttributeProto attribute, String... says) {
        return new Breakage(
                name,
                node -> without(node, attribute.getName()).toBuilder()
                        .addAttribute(attribute)
                        .build(),
                null,
                List.of(says));
    }

    private static Breakage input(String name, TensorProto scale, String... says) {
        return new Breakage(name, node -> node.toBuilder().setInput(2, "bad").build(), scale, List.of(says));
    }

    private static NodeProto without(NodeProto node, String attribute) {
        NodeProto.Builder changed = node.toBuilder().clearAttribute();
        node.getAttributeList().stream()
                .filter(a -> !a.getName().equals(attribute))
                .forEach(changed::addAttribute);
        return changed.build();
    }

    @ParameterizedTest
    @MethodSource("breakages")
    void isRefused(Breakage breakage) throws OrtException {
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(3, 32, 4, 0), new byte[48], new float[3]);
        OnnxModel model = new SingleNBitsModel(problem, false, 2).toModel();
        List<NodeProto> nodes = model.graph().nodes();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).getOpType().equals(CustomMatMulNBits.OP_TYPE)) {
                nodes.set(i, breakage.node.apply(nodes.get(i)));
            }
        }
        if (breakage.input != null) {
            model.graph().addInitializer(Initializer.inline(breakage.input));
        }
        if (breakage.name.startsWith("W fed")) {
            model.graph().inputs().add(Tensors.value("W_fed", TensorProto.DataType.UINT8, 3, 16));
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            OrtException error = assertThrows(
                    OrtException.class,
                    () -> OrtEnvironment.getEnvironment()
                            .createSession(ModelWriter.toBytes(model), options)
                            .close());
            String message = error.getMessage();
            assertTrue(message.contains("CustomMatMulNBits node '" + SingleNBitsModel.NODE + "'"), message);
            for (String part : breakage.says) {
                assertTrue(message.contains(part), message + " lacks: " + part);
            }
        }
    }
}
