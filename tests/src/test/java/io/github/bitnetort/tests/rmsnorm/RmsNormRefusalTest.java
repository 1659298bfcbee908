package io.github.bitnetort.tests.rmsnorm;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.SingleRmsNormModel;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomRmsNorm;
import io.github.bitnetort.ops.RmsNormProblem;
import io.github.bitnetort.runtime.BitNetOps;
import io.github.bitnetort.tests.SingleNodeRun;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that break the contract: each is refused with a message that names node, place, found and wanted. */
class RmsNormRefusalTest {
    private static final RmsNormProblem PROBLEM = new RmsNormProblem(1e-5f, new float[16]);

    static Stream<Arguments> attributes() {
        return Stream.of(
                Arguments.of(List.of(n(0), epsilon(1)), "attribute N: found 0, wanted 1..16777216"),
                Arguments.of(List.of(n(24), epsilon(1)), "attribute N: found 24, wanted a multiple of 16"),
                Arguments.of(List.of(n(32), epsilon(1)), "input weight: found shape [16], wanted [32]"),
                Arguments.of(List.of(epsilon(1)), "attribute N: found none"),
                Arguments.of(List.of(n(16)), "attribute epsilon: found none"),
                Arguments.of(List.of(n(16), Attributes.of("epsilon", 1)), "attribute epsilon"),
                Arguments.of(List.of(n(16), epsilon(0)), "attribute epsilon: found 0, wanted a finite number above 0"),
                Arguments.of(List.of(n(16), epsilon(Float.NaN)), "attribute epsilon: found nan"));
    }

    @Test
    void aWeightThatIsNotFiniteIsRefused() {
        OnnxModel model = new SingleRmsNormModel(PROBLEM, false, 2).toModel();
        float[] weight = new float[16];
        weight[3] = Float.POSITIVE_INFINITY;
        model.graph().addInitializer(Initializer.inline(Tensors.floats("bad", new long[] {16}, weight)));
        List<NodeProto> nodes = model.graph().nodes();
        nodes.replaceAll(node -> node.getOpType().equals(CustomRmsNorm.OP_TYPE)
                ? node.toBuilder().setInput(1, "bad").build()
                : node);
        assertSays(model, 16, "input weight: found inf at element 3, wanted finite values");
    }

    @ParameterizedTest
    @MethodSource("attributes")
    void attributesAreRefused(List<AttributeProto> attributes, String says) {
        OnnxModel model = new SingleRmsNormModel(PROBLEM, false, 2).toModel();
        List<NodeProto> nodes = model.graph().nodes();
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).getOpType().equals(CustomRmsNorm.OP_TYPE)) {
                nodes.set(
                        i,
                        nodes.get(i).toBuilder()
                                .clearAttribute()
                                .addAllAttribute(attributes)
                                .build());
            }
        }
        assertSays(model, 16, says);
    }

    @Test
    void anotherWidthOfXIsRefused() {
        OnnxModel model = new SingleRmsNormModel(PROBLEM, false, 2).toModel();
        model.graph().inputs().set(0, Tensors.value("X", DataType.FLOAT, "d0", "d1"));
        assertSays(model, 17, "input X: found element type 1 and shape [2, 17], wanted float32 (1) and [..., 16]");
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
                        new long[] {2, 16});
            }
        });
        assertTrue(
                error.getMessage().contains("CustomRmsNorm node '" + SingleRmsNormModel.NODE + "'"),
                error.getMessage());
        assertTrue(error.getMessage().contains(says), error.getMessage());
    }

    private static AttributeProto n(long n) {
        return Attributes.of("N", n);
    }

    private static AttributeProto epsilon(float epsilon) {
        return Attributes.of("epsilon", epsilon);
    }
}
