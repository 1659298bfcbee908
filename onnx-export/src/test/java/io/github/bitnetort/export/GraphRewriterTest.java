package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.ModelWriter.Storage;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.export.onnx.GraphProto;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.OperatorSetIdProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GraphRewriterTest {
    @TempDir
    Path folder;

    private RewriteReport rewrite(LayerSketch sketch, Storage storage, RewriteOptions options) throws IOException {
        Path in = sketch.write(folder.resolve("in.onnx"), storage);
        return GraphRewriter.rewrite(in, folder.resolve("out.onnx"), options, ProgressListener.NONE);
    }

    private RewriteReport rewrite(LayerSketch sketch) throws IOException {
        return rewrite(sketch, Storage.INLINE, RewriteOptions.DEFAULT);
    }

    private ExportedBitMatMul onlyNode() throws IOException {
        List<ExportedBitMatMul> nodes = ModelInspector.bitMatMuls(folder.resolve("out.onnx"));
        assertEquals(1, nodes.size());
        return nodes.get(0);
    }

    private List<String> operators() throws IOException {
        try (ModelReader reader = ModelReader.open(folder.resolve("out.onnx"))) {
            return reader.model().graph().nodes().stream()
                    .map(NodeProto::getOpType)
                    .toList();
        }
    }

    private static void assertWeights(float[] kn, ExportedBitMatMul node, int firstRow) {
        for (int n = 0; n < N; n++) {
            for (int k = 0; k < K; k++) {
                assertEquals((int) Math.signum(kn[k * N + n]), node.weights().weight(firstRow + n, k));
            }
        }
    }

    @Test
    void scalesAreFoldedAndLayersOfOneInputMerged() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        float[] first = sketch.ternary(1);
        float[] second = sketch.ternary(0.5f);
        float[] bias = new float[N];
        bias[3] = 2;
        sketch.constant("layers.0.q_proj.weight", new long[] {K, N}, first)
                .constant("layers.0.k_proj.weight", new long[] {K, N}, second)
                .constant("layers.0.q_proj.weight_scale", new long[] {1}, 0.75f)
                .constant("bias", new long[] {N}, bias)
                .add("MatMul", "y0", List.of("d", "layers.0.q_proj.weight"))
                .add("Mul", "y1", List.of("y0", "layers.0.q_proj.weight_scale"))
                .add("MatMul", "z0", List.of("d", "layers.0.k_proj.weight"))
                .add("Add", "z1", List.of("bias", "z0"))
                .output("y1")
                .output("z1");
        RewriteReport report = rewrite(sketch, Storage.EXTERNAL, RewriteOptions.DEFAULT);
        assertEquals(2, report.layers());
        assertEquals(1, report.nodes());
        assertEquals(List.of("CustomBitMatMul", "Split"), operators());
        ExportedBitMatMul node = onlyNode();
        assertEquals("layers.0.q_proj_k_proj", node.node());
        assertWeights(first, node, 0);
        assertWeights(second, node, N);
        assertEquals(0.75f, node.scale()[0]);
        assertEquals(0.5f, node.scale()[N]);
        assertEquals(0, node.bias()[3]);
        assertEquals(2, node.bias()[N + 3]);
        assertEquals("y1", node.parts().get(0).module());
        try (ModelReader reader = ModelReader.open(folder.resolve("out.onnx"))) {
            assertEquals("someone else 7", reader.model().producer());
            assertEquals("a test", reader.model().metadata().get("made by"));
            assertTrue(reader.hasExternalData());
        }
    }

    @Test
    void almostTernaryWeightsAreLeftAndNamed() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        float[] weights = sketch.ternary(0.5f);
        weights[5 * N + 7] = 0.4f;
        sketch.constant("w", new long[] {K, N}, weights)
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertFalse(report.changed());
        String reason = report.decisions().get(0).reason();
        assertTrue(reason.contains("almost but not quite ternary: 1 of 384"), reason);
        assertTrue(reason.contains("row 7, column 5: 0.4"), reason);
        assertEquals("node_y", report.decisions().get(0).node());
        assertUnchanged("in.onnx", "out.onnx");
    }

    private void assertUnchanged(String in, String out) throws IOException {
        assertArrayEquals(Files.readAllBytes(folder.resolve(in)), Files.readAllBytes(folder.resolve(out)));
    }

    @Test
    void modelWithoutLayersIsCopiedWithItsData() throws IOException {
        LayerSketch sketch = new LayerSketch();
        float[] floats = new float[K * N];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = i;
        }
        sketch.constant("w", new long[] {K, N}, floats)
                .add("MatMul", "y", List.of("x", "w"))
                .output("y");
        Path in = sketch.write(folder.resolve("in.onnx"), Storage.EXTERNAL);
        Path out = Files.createDirectory(folder.resolve("elsewhere")).resolve("out.onnx");
        RewriteReport report = GraphRewriter.rewrite(in, out, RewriteOptions.DEFAULT, ProgressListener.NONE);
        assertFalse(report.changed());
        assertTrue(report.decisions().get(0).reason().startsWith("a floating point layer"));
        assertUnchanged("in.onnx", "elsewhere/out.onnx");
        assertUnchanged("in.onnx.data", "elsewhere/in.onnx.data");
    }

    @Test
    void anotherSmallestMaximumIsNotTheOps() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-3f);
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("MatMul", "y", List.of("d", "w"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertFalse(report.changed());
        assertTrue(report.decisions().get(0).reason().contains("below 1e-5"), report.toString());
    }

    @Test
    void ternaryWeightsWithoutQuantizationNeedLeave() throws IOException {
        LayerSketch sketch = new LayerSketch();
        float[] weights = sketch.ternary(0.25f);
        sketch.constant("w", new long[] {K, N}, weights)
                .add("MatMul", "y", List.of("x", "w"))
                .output("y");
        RewriteReport report = rewrite(sketch);
        assertFalse(report.changed());
        assertTrue(report.decisions().get(0).reason().startsWith("its weights are ternary, but"), report.toString());
        RewriteOptions assuming = RewriteOptions.DEFAULT.withAssumeInt8Activations(true);
        GraphRewriter.rewrite(
                folder.resolve("in.onnx"), folder.resolve("assumed.onnx"), assuming, ProgressListener.NONE);
        ExportedBitMatMul node =
                ModelInspector.bitMatMuls(folder.resolve("assumed.onnx")).get(0);
        assertWeights(weights, node, 0);
        assertArrayEquals(new float[] {0.25f}, node.scale());
    }

    @Test
    void integersDividedAfterwardsAndAScaleARow() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        float[] weights = sketch.ternary(1);
        float[] scales = new float[N];
        for (int n = 0; n < N; n++) {
            scales[n] = 1 << n % 4;
        }
        sketch.constant("w", new long[] {K, N}, weights)
                .constant("scales", new long[] {N}, scales)
                .add("MatMul", "y0", List.of("q", "w"))
                .add("Mul", "unit", List.of("scales", "s"))
                .add("Div", "y", List.of("y0", "unit"))
                .output("y");
        assertTrue(rewrite(sketch).changed());
        assertEquals(List.of("CustomBitMatMul"), operators());
        for (int n = 0; n < N; n++) {
            assertEquals(1 / scales[n], onlyNode().scale()[n]);
        }
    }

    @Test
    void signsOfActivationsAndBinaryWeights() throws IOException {
        LayerSketch sketch = new LayerSketch();
        float[] weights = sketch.ternary(1);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weights[i] == 0 ? 0.5f : weights[i] / 2;
        }
        sketch.scalar("zero", 0)
                .scalar("one", 1)
                .scalar("minus", -1)
                .constant("w", new long[] {K, N}, weights)
                .add("Less", "negative", List.of("x", "zero"))
                .add("Where", "sign", List.of("negative", "minus", "one"))
                .add("MatMul", "y", List.of("sign", "w"))
                .output("y");
        assertTrue(rewrite(sketch).changed());
        assertEquals(Activation.SIGN, onlyNode().spec().activation());
        assertEquals(Packing.BINARY32, onlyNode().spec().packing());
        assertWeights(weights, onlyNode(), 0);
    }

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

    @Test
    void nothingIsWrittenOverAndNothingHalfWrittenStays() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("Gemm", "y", List.of("d", "w"), Attributes.of("transB", 0))
                .output("y");
        Files.writeString(folder.resolve("out.onnx"), "mine");
        assertThrows(FileAlreadyExistsException.class, () -> rewrite(sketch));
        assertEquals("mine", Files.readString(folder.resolve("out.onnx")));
        Files.delete(folder.resolve("out.onnx"));
        Files.delete(folder.resolve("in.onnx"));
        assertTrue(rewrite(sketch).changed());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }
}
