package io.github.bitnetort.tests.bench.model;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelReader;
import io.github.bitnetort.export.graph.OnnxGraph;
import io.github.bitnetort.export.onnx.NodeProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Bytes of constants that one decoded token must read: all but tables of which it needs a row, such as an embedding that
 * is not the head too.
 *
 * @param ternary of CustomBitMatMul nodes, scales included
 * @param others of the head, norms and whatever else
 */
record TokenBytes(long ternary, long others) {
    private static final String TERNARY = "CustomBitMatMul";

    /** Operators that read a row of their constants. */
    private static final Set<String> LOOK_UPS = Set.of(
            "Gather", "GatherBlockQuantized", "GroupQueryAttention", "CustomGroupQueryAttention", "RotaryEmbedding");

    static TokenBytes of(Path modelFile) throws IOException {
        try (ModelReader reader = ModelReader.open(modelFile)) {
            OnnxGraph graph = reader.model().graph();
            Map<String, Set<String>> readers = new HashMap<>();
            for (NodeProto node : graph.nodes()) {
                for (String input : node.getInputList()) {
                    readers.computeIfAbsent(input, name -> new HashSet<>()).add(node.getOpType());
                }
            }
            long ternary = 0;
            long others = 0;
            for (Initializer initializer : graph.initializers()) {
                Set<String> operators = readers.getOrDefault(initializer.name(), Set.of());
                if (operators.contains(TERNARY)) {
                    ternary += initializer.byteLength();
                } else if (!LOOK_UPS.containsAll(operators)) {
                    others += initializer.byteLength();
                }
            }
            return new TokenBytes(ternary, others);
        }
    }

    long total() {
        return ternary + others;
    }
}
