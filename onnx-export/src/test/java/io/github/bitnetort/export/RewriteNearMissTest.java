package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.RewriteReport.Decision;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.ModelWriter.Storage;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs that look like BitLinear layers and are none, or are ones in a form that is easily missed. */
class RewriteNearMissTest {
    @TempDir
    Path folder;

    /** What the last rewritten graph is made of. */
    private List<String> operators;

    private RewriteReport rewrite(LayerSketch sketch) throws IOException {
        Path in = sketch.write(folder.resolve("in.onnx"), Storage.INLINE);
        Path out = folder.resolve("out.onnx");
        RewriteReport report = GraphRewriter.rewrite(in, out, RewriteOptions.DEFAULT, ProgressListener.NONE);
        Files.delete(in);
        try (ModelReader reader = ModelReader.open(out)) {
            operators = reader.model().graph().nodes().stream()
                    .map(NodeProto::getOpType)
                    .toList();
        }
        Files.delete(out);
        return report;
    }

    private void assertLeft(LayerSketch sketch, String reason) throws IOException {
        RewriteReport report = rewrite(sketch);
        assertFalse(report.changed());
        assertEquals(1, report.decisions().size(), report::toString);
        Decision decision = report.decisions().get(0);
        assertFalse(decision.rewritten());
        assertTrue(decision.reason().contains(reason), decision::reason);
    }

    private static LayerSketch withInput(ValueInfoProto x) {
        LayerSketch sketch = new LayerSketch();
        sketch.model.graph().inputs().set(0, x);
        return sketch;
    }

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

    /** ONNX Runtime's optimizer, and PyTorch's addmm, add a residual inside the Gemm. */
    @Test
    void residualInsideAGemmStaysASum() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.model.graph().inputs().add(Tensors.value("residual", DataType.FLOAT, "rows", N));
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("Gemm", "y", List.of("d", "w", "residual"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertEquals(1, report.layers());
        assertEquals(List.of("CustomBitMatMul", "Add"), operators);
    }

    @Test
    void gemmsThatAreNoLayersKeepTheirResidual() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        float[] floats = new float[K * N];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i;
        }
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .constant("floats", new long[] {K, N}, floats)
                .add("MatMul", "y", List.of("d", "w"))
                .add("Gemm", "z", List.of("x", "floats", "y"))
                .output("z");
        assertEquals(1, rewrite(sketch).layers());
        assertEquals(List.of("CustomBitMatMul", "Gemm"), operators);
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
    void einsumOfRowsAndAMatrixIsAProduct() throws IOException {
        for (String equation : List.of("mk,kn->mn", "... k, k n -> ... n", "kn,mk->mn")) {
            LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
            boolean swapped = equation.startsWith("kn");
            sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                    .add(
                            "Einsum",
                            "y",
                            swapped ? List.of("w", "d") : List.of("d", "w"),
                            Attributes.of("equation", equation))
                    .output("y");
            assertEquals(1, rewrite(sketch).layers(), equation);
            assertEquals(List.of("CustomBitMatMul"), operators);
        }
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

    /** As view(-1, size) of PyTorch is exported with free dimensions: nothing states the shapes behind it. */
    @Test
    void rowsThatAreMadeAMatrixStayOne() throws IOException {
        LayerSketch sketch = withInput(Tensors.value("x", DataType.FLOAT, "batch", "tokens", K))
                .axes()
                .quantizedX(1e-5f);
        sketch.model.graph().addInitializer(Initializer.inline(Tensors.longs("rows", new long[] {2}, -1, K)));
        sketch.model.graph().addInitializer(Initializer.inline(Tensors.longs("one", new long[] {1}, N)));
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .constant("bias", new long[] {1, 1, N}, new float[N])
                .add("Reshape", "d2", List.of("d", "rows"))
                .add("Gemm", "y2", List.of("d2", "w"))
                .add("Shape", "leading", List.of("x"), Attributes.of("end", 2))
                .add("Concat", "shape", List.of("leading", "one"), Attributes.of("axis", 0))
                .add("Add", "z2", List.of("y2", "bias"))
                .add("Reshape", "y", List.of("z2", "shape"))
                .output("y");
        assertEquals(1, rewrite(sketch).layers());
        // A bias of three dimensions would give the op's output one too few.
        assertEquals(List.of("Reshape", "CustomBitMatMul", "Shape", "Concat", "Add", "Reshape"), operators);
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

    @Test
    void onnxUnderItsFullNameIsTheSameOperatorSet() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.model.opsets().remove("");
        sketch.model.opsets().put("ai.onnx", 18L);
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertTrue(report.changed() && report.functionBody(), report::toString);
    }
}
