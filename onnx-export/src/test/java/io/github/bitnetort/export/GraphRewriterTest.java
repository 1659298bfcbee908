package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.ModelWriter.Storage;
import io.github.bitnetort.ops.Activation;
import io.github.bitnetort.ops.Packing;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphRewriterTest extends AbstractRewriteTest {
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
        RewriteReport report = rewrite(sketch, Storage.EXTERNAL);
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
}
