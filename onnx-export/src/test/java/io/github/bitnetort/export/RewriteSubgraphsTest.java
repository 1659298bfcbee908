package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers in branches of the graph, and in functions of the model. */
class RewriteSubgraphsTest extends AbstractRewriteTest {
    @Test
    void layersInsideBranchesShareTheirWeights() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.model.graph().nodes().clear();
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1));
        sketch.model.graph().inputs().add(Tensors.value("choice", DataType.BOOL));
        sketch.add(
                        "If",
                        "y",
                        List.of("choice"),
                        graph("then_branch", branch("then")),
                        graph("else_branch", branch("else")))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertEquals(2, report.layers());
        try (ModelReader reader = ModelReader.open(folder.resolve("out.onnx"))) {
            NodeProto choice = reader.model().graph().nodes().get(0);
            for (AttributeProto branch : choice.getAttributeList()) {
                assertEquals(1, branch.getG().getNodeCount());
                assertEquals("CustomBitMatMul", branch.getG().getNode(0).getOpType());
                assertEquals(
                        choice.getAttribute(0).getG().getNode(0).getInput(1),
                        branch.getG().getNode(0).getInput(1));
            }
            assertTrue(reader.model().graph().initializer("w").isEmpty());
        }
    }

    private static GraphProto branch(String name) {
        return GraphProto.newBuilder()
                .setName(name)
                .addAllNode(LayerSketch.chain())
                .addNode(LayerSketch.node("MatMul", name + "_y", List.of("d", "w")))
                .addOutput(Tensors.value(name + "_y", DataType.FLOAT, "rows", N))
                .build();
    }

    private static AttributeProto graph(String name, GraphProto graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    @Test
    void callsOfFunctionsWithLayersAreInlinedAndOthersKept() throws IOException {
        LayerSketch sketch = new LayerSketch()
                .axes()
                .scalar("smallest", 1e-5f)
                .scalar("c127", 127)
                .scalar("low", -128);
        FunctionProto.Builder layer = function("BitLinear", List.of("x", "w", "axes", "smallest", "c127", "low"), "y");
        layer.addAllNode(LayerSketch.chain()).addNode(LayerSketch.node("MatMul", "y", List.of("d", "w")));
        FunctionProto.Builder twice = function("Twice", List.of("x"), "y");
        twice.addNode(LayerSketch.node("Add", "y", List.of("x", "x")));
        sketch.model.functions().addAll(List.of(layer.build(), twice.build()));
        sketch.model.opsets().put("local", 1L);
        float[] weights = sketch.ternary(1);
        sketch.constant("weights", new long[] {K, N}, weights);
        call(sketch, "BitLinear", "h", List.of("x", "weights", "axes", "smallest", "c127", "low"));
        call(sketch, "Twice", "y", List.of("h"));
        sketch.output("y");
        RewriteReport report = rewrite(sketch);
        assertEquals(1, report.layers());
        assertEquals(1, report.inlinedCalls());
        assertEquals(List.of("CustomBitMatMul", "Twice"), operators());
        assertWeights(weights, onlyNode(), 0);
        try (ModelReader reader = ModelReader.open(folder.resolve("out.onnx"))) {
            assertEquals(
                    List.of("Twice", "CustomBitMatMul"),
                    reader.model().functions().stream()
                            .map(FunctionProto::getName)
                            .toList());
        }
    }

    private static FunctionProto.Builder function(String name, List<String> inputs, String output) {
        return FunctionProto.newBuilder()
                .setDomain("local")
                .setName(name)
                .addAllInput(inputs)
                .addOutput(output)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(18));
    }

    private static void call(LayerSketch sketch, String function, String output, List<String> inputs) {
        sketch.model
                .graph()
                .nodes()
                .add(LayerSketch.node(function, output, inputs).toBuilder()
                        .setDomain("local")
                        .build());
    }
}
