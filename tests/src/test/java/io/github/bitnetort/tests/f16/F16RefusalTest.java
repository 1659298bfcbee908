package io.github.bitnetort.tests.f16;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleF16Model;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.MatMulF16Problem;
import io.github.bitnetort.runtime.BitNetOps;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that break the contract: each is refused with a message that names node, place, found and wanted. */
class F16RefusalTest {
    private record Breakage(String name, UnaryOperator<NodeProto> node, List<String> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Breakage> breakages() {
        return Stream.of(
                attribute("K of zero", Attributes.of("K", 0), "attribute K: found 0, wanted 1..1073741824"),
                attribute("K beyond the bound", Attributes.of("K", (1L << 30) + 1), "found 1073741825"),
                attribute("negative N", Attributes.of("N", -1), "attribute N: found -1"),
                attribute("another N", Attributes.of("N", 4), "input W: found shape [3, 32], wanted [4, 32]"),
                attribute("another K", Attributes.of("K", 16), "wanted [3, 16] (N = 3, K = 16)"),
                attribute("K as a string", Attributes.of("K", "32"), "attribute K", "wanted an int"),
                new Breakage("no N", node -> without(node, "N"), List.of("attribute N: found none")),
                new Breakage(
                        "W fed at run time",
                        node -> node.toBuilder().setInput(1, "W_fed").build(),
                        List.of("input W: found a value that is computed or fed, wanted a constant")));
    }

    private static Breakage attribute(String name, AttributeProto attribute, String... says) {
        return new Breakage(
                name,
                node -> without(node, attribute.getName()).toBuilder()
                        .addAttribute(attribute)
                        .build(),
                List.of(says));
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
        OnnxModel model = new SingleF16Model(new MatMulF16Problem(3, 32, new short[96]), false, 2).toModel();
        List<NodeProto> nodes = model.graph().nodes();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).getOpType().equals(CustomMatMulF16.OP_TYPE)) {
                nodes.set(i, breakage.node.apply(nodes.get(i)));
            }
        }
        if (breakage.name.startsWith("W fed")) {
            model.graph().inputs().add(Tensors.value("W_fed", TensorProto.DataType.FLOAT16, 3, 32));
        }
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            BitNetOps.register(options);
            OrtException error = assertThrows(
                    OrtException.class,
                    () -> OrtEnvironment.getEnvironment()
                            .createSession(ModelWriter.toBytes(model), options)
                            .close());
            String message = error.getMessage();
            assertTrue(message.contains("CustomMatMulF16 node '" + SingleF16Model.NODE + "'"), message);
            for (String part : breakage.says) {
                assertTrue(message.contains(part), message + " lacks: " + part);
            }
        }
    }
}
