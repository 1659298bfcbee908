package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.ModelWriter.Storage;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is written beside a model that is rewritten, and where there is nothing to rewrite. */
class RewrittenFilesTest extends AbstractRewriteTest {
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
    void nothingIsWrittenOverAndNothingHalfWrittenStays() throws IOException {
        LayerSketch sketch = new LayerSketch().axes().quantizedX(1e-5f);
        sketch.constant("w", new long[] {K, N}, sketch.ternary(1))
                .add("Gemm", "y", List.of("d", "w"), Attributes.of("transB", 0))
                .output("y");
        Path in = sketch.write(folder.resolve("in.onnx"), Storage.INLINE);
        Path out = Files.writeString(folder.resolve("out.onnx"), "mine");
        assertThrows(
                FileAlreadyExistsException.class,
                () -> GraphRewriter.rewrite(in, out, RewriteOptions.DEFAULT, ProgressListener.NONE));
        assertEquals("mine", Files.readString(out));
        assertTrue(rewrite(sketch).changed());
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(2, files.count());
        }
    }
}
