package io.github.bitnetort.export;

import io.github.bitnetort.export.ExportedBitMatMul.Part;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The modules in a merged node whose output stays in one piece: the operator that reads it takes them side by side. No
 * value of the graph has a module's name then, and the operator says how many rows each has.
 */
final class JoinedModules {
    private static final String QKV = "qkv_proj";

    private JoinedModules() {}

    /**
     * The modules that one node holds.
     *
     * @param nodes of the graph
     * @param node a CustomBitMatMul
     * @param n its output rows
     * @return the modules in order; empty where no such operator reads it
     */
    static Optional<List<Part>> of(List<NodeProto> nodes, NodeProto node, int n) {
        if (!node.getName().endsWith(QKV)) {
            return Optional.empty();
        }
        String prefix = node.getName().substring(0, node.getName().length() - QKV.length());
        return nodes.stream()
                .filter(next -> readsAlone(next, node.getOutput(0)))
                .findFirst()
                .map(attention -> {
                    int heads = attribute(attention, "num_heads");
                    int kvHeads = attribute(attention, "kv_num_heads");
                    int headDim = n / (heads + 2 * kvHeads);
                    return parts(
                            prefix,
                            List.of("q_proj", "k_proj", "v_proj"),
                            heads * headDim,
                            kvHeads * headDim,
                            kvHeads * headDim);
                });
    }

    /** GroupQueryAttention with queries, keys and values in its first input. */
    private static boolean readsAlone(NodeProto node, String value) {
        return node.getOpType().equals(OnnxOperator.GROUP_QUERY_ATTENTION.opType())
                && node.getInput(0).equals(value)
                && node.getInput(1).isEmpty();
    }

    private static int attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .mapToInt(attribute -> Math.toIntExact(attribute.getI()))
                .findFirst()
                .orElseThrow(() -> new ExportException(
                        "node " + node.getName() + ": attribute " + name + ": found none, wanted an integer"));
    }

    private static List<Part> parts(String prefix, List<String> names, int... rows) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            int first = Arrays.stream(rows).limit(i).sum();
            parts.add(new Part(prefix + names.get(i), prefix + names.get(i), first, rows[i]));
        }
        return parts;
    }
}
