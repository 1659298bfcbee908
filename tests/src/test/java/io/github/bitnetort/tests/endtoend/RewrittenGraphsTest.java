package io.github.bitnetort.tests.endtoend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.bitnetort.export.GraphRewriter;
import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.RewriteOptions;
import io.github.bitnetort.export.RewriteReport;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import io.github.bitnetort.generate.Logits;
import io.github.bitnetort.ops.Packing;
import io.github.bitnetort.runtime.BitNetOps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Graphs that PyTorch exported, rewritten and run with the op library and without it, against their own logits and Hugging Face's. */
class RewrittenGraphsTest {
    private static final int LAYERS_A_DECODER_LAYER = 7;
    private static final int NODES_A_DECODER_LAYER = 4;
    private static final int DECODER_LAYERS = 2;

    /** Beside another engine no share of the logits needs to be close: a flip early in a prompt changes all that follow. */
    private static final double FLIPPED = 0;

    /** What ONNX Runtime cannot load, and the same model exported so that it can. */
    private static final Map<String, String> RUNNABLE_TWINS =
            Map.of("rand-llama-bitlinear-falcon3.dynamo18", "rand-llama-bitlinear-falcon3.dynamo18-unpackdivmod");

    static List<ExportedGraph> graphs() throws IOException {
        List<ExportedGraph> graphs = ExportedGraph.all();
        assertEquals(9, graphs.size());
        return graphs;
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void everyLayerIsFoundAndNoQuantizationIsLeft(ExportedGraph graph) throws Exception {
        Path in = graph.file();
        Path out = graph.place("checked");
        RewriteReport report = GraphRewriter.rewrite(in, out, RewriteOptions.DEFAULT, ProgressListener.NONE);
        assertEquals(LAYERS_A_DECODER_LAYER * DECODER_LAYERS, report.layers(), report.decisions()::toString);
        assertEquals(NODES_A_DECODER_LAYER * DECODER_LAYERS, report.nodes());
        assertTrue(report.functionBody());
        List<RewriteReport.Decision> left = report.decisions().stream()
                .filter(decision -> !decision.rewritten())
                .toList();
        assertEquals(1, left.size(), "the head alone is left: " + left);
        assertTrue(left.get(0).reason().startsWith("a floating point layer"), left.toString());
        try (ModelReader before = ModelReader.open(in);
                ModelReader after = ModelReader.open(out)) {
            checkKept(before.model(), after.model());
        }
        assertTrue(Files.size(out) < 0.6 * Files.size(in), Files.size(in) + " bytes became " + Files.size(out));
    }

    private static void checkKept(OnnxModel before, OnnxModel after) {
        assertEquals(0, count(after, "Round"));
        assertEquals(0, count(after, "ReduceMax"));
        assertEquals(NODES_A_DECODER_LAYER * DECODER_LAYERS, count(after, "CustomBitMatMul"));
        assertEquals(before.graph().inputs(), after.graph().inputs());
        assertEquals(before.graph().outputs(), after.graph().outputs());
        assertEquals(before.metadata(), after.metadata());
        assertEquals(before.producer(), after.producer());
        assertEquals(before.opsets().get(""), after.opsets().get(""));
        List<NodeProto> kept = after.graph().nodes().stream()
                .filter(node ->
                        !node.getDomain().equals("ai.bitnet") && !node.getName().endsWith("/Split"))
                .toList();
        assertTrue(before.graph().nodes().containsAll(kept), "every node that is left is as it was");
        List<String> values =
                after.graph().valueInfos().stream().map(ValueInfoProto::getName).toList();
        Set<String> defined = new HashSet<>();
        after.graph().nodes().forEach(node -> defined.addAll(node.getOutputList()));
        after.graph().initializers().forEach(initializer -> defined.add(initializer.name()));
        List<String> undefined =
                values.stream().filter(value -> !defined.contains(value)).toList();
        assertEquals(List.of(), undefined, "types are stated of values that there are");
    }

    private static long count(OnnxModel model, String operator) {
        return model.graph().nodes().stream()
                .filter(node -> node.getOpType().equals(operator))
                .count();
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void plugInGivesTheOriginalsLogits(ExportedGraph graph) throws Exception {
        compare(graph, "plugin", RewriteOptions.DEFAULT, true);
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void portableBodyGivesTheOriginalsLogits(ExportedGraph graph) throws Exception {
        compare(graph, "body", RewriteOptions.DEFAULT.withMerge(false), false);
    }

    @ParameterizedTest
    @MethodSource("graphs")
    void smallerPackingGivesTheSame(ExportedGraph graph) throws Exception {
        compare(graph, "ternary20", RewriteOptions.DEFAULT.withPacking(Packing.TERNARY20), false);
    }

    private static void compare(ExportedGraph graph, String kind, RewriteOptions options, boolean library)
            throws Exception {
        Path out = graph.place(kind);
        GraphRewriter.rewrite(graph.file(), out, options, ProgressListener.NONE);
        LogitComparison withOriginal = new LogitComparison();
        LogitComparison withHuggingFace = new LogitComparison();
        try (References references = graph.checkpoint().references();
                OrtSession original = session(
                        new ExportedGraph(RUNNABLE_TWINS.getOrDefault(graph.name(), graph.name())).file(), false);
                OrtSession rewritten = session(out, library)) {
            List<String> cases = references.between("prompt", ".logits.f32");
            assertTrue(cases.size() >= 3, graph + ": found references " + cases + ", wanted at least 3");
            for (String name : cases) {
                long[][] ids = references.rows("prompt" + name + ".input_ids");
                long[][] mask = new long[ids.length][ids[0].length];
                for (long[] row : mask) {
                    Arrays.fill(row, 1);
                }
                Logits logits = ExportedGraph.logits(rewritten, ids);
                withOriginal.add(logits, floats(ExportedGraph.logits(original, ids)), mask);
                withHuggingFace.add(logits, references.floats("prompt" + name + ".logits.f32"), mask);
            }
        }
        String result = graph + ", " + kind + ", beside the original: " + withOriginal;
        System.out.println(result);
        assertTrue(withOriginal.isFaithful(), result);
        String second = graph + ", " + kind + ", beside Hugging Face: " + withHuggingFace;
        System.out.println(second);
        assertTrue(withHuggingFace.isFaithful(FLIPPED), second);
    }

    private static float[] floats(Logits logits) {
        float[] values = new float[logits.values().remaining()];
        logits.values().duplicate().get(values);
        return values;
    }

    private static OrtSession session(Path model, boolean library) throws OrtException {
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            if (library) {
                BitNetOps.register(options);
            }
            return OrtEnvironment.getEnvironment().createSession(model.toString(), options);
        }
    }
}
