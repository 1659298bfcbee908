package io.github.bitnetort.tests.gatedunit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleGatedUnitModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.SingleNodeRun;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that break the contract: each is refused with a message that names node, place, found and wanted. */
class GatedUnitRefusalTest {
    static Stream<Arguments> attributes() {
        return Stream.of(
                Arguments.of(List.of(n(0), relu2()), "attribute N: found 0, wanted 1..1073741823"),
                Arguments.of(List.of(n(1 << 30), relu2()), "attribute N: found 1073741824, wanted 1..1073741823"),
                Arguments.of(List.of(Attributes.of("N", "4"), relu2()), "wanted an int > 0"),
                Arguments.of(List.of(relu2()), "attribute N: found none"),
                Arguments.of(List.of(n(4)), "attribute activation: found none"),
                Arguments.of(
                        List.of(n(4), Attributes.of("activation", "silu")),
                        "attribute activation: found 'silu', wanted 'relu2'"));
    }

    @ParameterizedTest
    @MethodSource("attributes")
    void attributesAreRefused(List<AttributeProto> attributes, String says) {
        OnnxModel model = new SingleGatedUnitModel(new GatedUnitSpec(4), false, 2).toModel();
        List<NodeProto> nodes = model.graph().nodes();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).getOpType().equals(CustomGatedUnit.OP_TYPE)) {
                nodes.set(
                        i,
                        nodes.get(i).toBuilder()
                                .clearAttribute()
                                .addAllAttribute(attributes)
                                .build());
            }
        }
        assertSays(model, 8, says);
    }

    @Test
    void anotherWidthOfXIsRefused() {
        OnnxModel model = new SingleGatedUnitModel(new GatedUnitSpec(4), false, 2).toModel();
        model.graph().inputs().set(0, Tensors.value("X", DataType.FLOAT, "d0", "d1"));
        assertSays(model, 9, "input X: found element type 1 and shape [2, 9], wanted float32 (1) and [..., 8]");
    }

    private static void assertSays(OnnxModel model, int width, String says) {
        OrtException error = assertThrows(OrtException.class, () -> {
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                BitNetOps.register(options);
                SingleNodeRun.of(
                        says,
                        ModelWriter.toBytes(model),
                        options,
                        new float[2 * width],
                        new long[] {2, width},
                        new long[] {2, 4});
            }
        });
        assertTrue(
                error.getMessage().contains("CustomGatedUnit node '" + SingleGatedUnitModel.NODE + "'"),
                error.getMessage());
        assertTrue(error.getMessage().contains(says), error.getMessage());
    }

    private static AttributeProto n(long n) {
        return Attributes.of("N", n);
    }

    private static AttributeProto relu2() {
        return Attributes.of("activation", GatedUnitSpec.RELU2);
    }
}
