package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Graphs that look like BitLinear layers and are none. */
class RewriteNearMissTest extends AbstractRewriteTest {
    /** x, a Relu whose shape nothing states, its quantization, and a product with ternary weights. */
    private static LayerSketch layerBehindRelu(LayerSketch sketch) {
        sketch.scalar("smallest", 1e-5f)
                .scalar("c127", 127)
                .scalar("low", -128)
                .constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("Relu", "h", List.of("x"));
        for (NodeProto node : LayerSketch.chain()) {
            NodeProto.Builder reading = node.toBuilder();
            for (int i = 0; i < node.getInputCount(); i++) {
                reading.setInput(i, node.getInput(i).equals("x") ? "h" : node.getInput(i));
            }
            sketch.model.graph().nodes().add(reading.build());
        }
        return sketch.add("MatMul", "y", List.of("d", "w")).output("y");
    }

    @Test
    void rankIsFollowedThroughNodesWithoutAStatedShape() throws IOException {
        ValueInfoProto x = Tensors.value("x", DataType.FLOAT, "batch", "tokens", K);
        assertLeft(layerBehindRelu(withInput(x).axes(1)), "is not int8 by each row's absolute maximum");
        for (long axis : new long[] {2, -1}) {
            assertTrue(rewrite(layerBehindRelu(withInput(x).axes(axis))).changed());
        }
    }

    @Test
    void unknownRankLeavesWhatDependsOnIt() throws IOException {
        ValueInfoProto x = ValueInfoProto.newBuilder()
                .setName("x")
                .setType(Tensors.value("x", DataType.FLOAT, K).getType().toBuilder()
                        .setTensorType(Tensors.value("x", DataType.FLOAT, K).getType().getTensorType().toBuilder()
                                .clearShape()))
                .build();
        assertLeft(layerBehindRelu(withInput(x).axes(1)), "the model does not say which rank it has");
    }

    @Test
    void maximumOverATokenTooManyIsSeenInFourDimensions() throws IOException {
        ValueInfoProto x = Tensors.value("x", DataType.FLOAT, "batch", "heads", "tokens", K);
        assertLeft(layerBehindRelu(withInput(x).axes(1, 3)), "is not int8 by each row's absolute maximum");
    }

    @Test
    void maximumWithoutAbsoluteValueIsNotAbsmax() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        NodeProto abs = sketch.model.graph().nodes().get(0);
        sketch.model
                .graph()
                .nodes()
                .set(0, abs.toBuilder().setOpType("Identity").build());
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        assertLeft(sketch, "is not int8 by each row's absolute maximum");
    }

    @Test
    void weightThatIsNoNumberIsNamed() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        float[] weights = sketch.ternary(1);
        weights[5 * N + 7] = Float.NaN;
        sketch.constant("w", new long[] {K, N}, weights)
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        assertLeft(sketch, "(row 7, column 5: NaN");
    }

    @Test
    void weightsThatCallersMayReplaceAreLeft() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.model.graph().inputs().add(Tensors.value("w", DataType.FLOAT, K, N));
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        assertLeft(sketch, "which callers may replace");
    }

    @Test
    void otherEinsumsAreNamed() throws IOException {
        for (String equation : List.of("mk,kn->nm", "mk,kn->m", "mk,kn", "mm,mn->mn", "mkk,kn->mkn")) {
            LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
            sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                    .add("Einsum", "y", List.of("d", "w"), Attributes.of("equation", equation))
                    .output("y");
            assertLeft(sketch, "this form of Einsum is not understood: [equation]");
        }
    }

    @Test
    void weightsOfAnotherWidthThanTheActivationsAreLeft() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.constant("w", new long[] {K - 1, N}, new float[(K - 1) * N])
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        assertLeft(sketch, "its weights are for 23 columns, and its activations have 24");
    }

    @Test
    void functionsOfAnotherOperatorSetAreNamed() throws IOException {
        LayerSketch sketch = new LayerSketch();
        sketch.model.opsets().put("local", 1L);
        sketch.model
                .functions()
                .add(FunctionProto.newBuilder()
                        .setDomain("local")
                        .setName("BitLinear")
                        .addInput("x")
                        .addOutput("y")
                        .addNode(LayerSketch.node("Identity", "y", List.of("x")))
                        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
                        .build());
        sketch.model
                .graph()
                .nodes()
                .add(LayerSketch.node("BitLinear", "y", List.of("x")).toBuilder()
                        .setDomain("local")
                        .build());
        RewriteReport report = rewrite(sketch.output("y"));
        assertFalse(report.changed());
        assertEquals(
                List.of(
                        "Layers are not looked for in function local.BitLinear: it is written in operator set 17 of '', "
                                + "and the model has 18"),
                report.notes());
    }
}
