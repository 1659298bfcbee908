package io.github.bitnetort.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.bitnetort.export.RewriteReport.Decision;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.ModelWriter.Storage;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Rewrites sketches of graphs. */
abstract class AbstractRewriteTest {
    @TempDir
    Path folder;

    /** What the last rewritten graph is made of. */
    protected List<String> operators;

    protected RewriteReport rewrite(LayerSketch sketch) throws IOException {
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

    protected void assertLeft(LayerSketch sketch, String reason) throws IOException {
        RewriteReport report = rewrite(sketch);
        assertFalse(report.changed());
        assertEquals(1, report.decisions().size(), report::toString);
        Decision decision = report.decisions().get(0);
        assertFalse(decision.rewritten());
        assertTrue(decision.reason().contains(reason), decision::reason);
    }

    protected static LayerSketch withInput(ValueInfoProto x) {
        LayerSketch sketch = new LayerSketch();
        sketch.model.graph().inputs().set(0, x);
        return sketch;
    }
}
