package io.github.bitnetort.export;

import static io.github.bitnetort.export.LayerSketch.K;
import static io.github.bitnetort.export.LayerSketch.N;
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

    /** Into the place of what an earlier call has rewritten. */
    protected RewriteReport rewrite(LayerSketch sketch, Storage storage) throws IOException {
        for (String name : List.of("in.onnx", "in.onnx.data", "out.onnx", "out.onnx.data")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Path in = sketch.write(folder.resolve("in.onnx"), storage);
        return GraphRewriter.rewrite(in, folder.resolve("out.onnx"), RewriteOptions.DEFAULT, ProgressListener.NONE);
    }

    protected RewriteReport rewrite(LayerSketch sketch) throws IOException {
        return rewrite(sketch, Storage.INLINE);
    }

    /** What the last rewritten graph is made of. */
    protected List<String> operators() throws IOException {
        try (ModelReader reader = ModelReader.open(folder.resolve("out.onnx"))) {
            return reader.model().graph().nodes().stream()
                    .map(NodeProto::getOpType)
                    .toList();
        }
    }

    /** Of the last rewritten graph. */
    protected ExportedBitMatMul onlyNode() throws IOException {
        List<ExportedBitMatMul> nodes = ModelInspector.bitMatMuls(folder.resolve("out.onnx"));
        assertEquals(1, nodes.size());
        return nodes.get(0);
    }

    /** Holds that a node has the signs of weights [K, N] in its rows from one on. */
    protected static void assertWeights(float[] kn, ExportedBitMatMul node, int firstRow) {
        for (int n = 0; n < N; n++) {
            for (int k = 0; k < K; k++) {
                assertEquals((int) Math.signum(kn[k * N + n]), node.weights().weight(firstRow + n, k));
            }
        }
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
