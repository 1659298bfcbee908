package io.github.bitnetort.export;

import io.github.bitnetort.export.ExportedBitMatMul.Part;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
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
    private static final String GATE_UP = "gate_up_proj";

    /** Which input keys are that are not in the first one. */
    private static final int ORT_KEY = 1;

    private static final int CUSTOM_KEY = CustomGroupQueryAttention.INPUTS.indexOf(CustomGroupQueryAttention.KEY);

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
        String name = node.getName();
        if (!name.endsWith(QKV) && !name.endsWith(GATE_UP)) {
            return Optional.empty();
        }
        return nodes.stream()
                .filter(next -> next.getInputList().contains(node.getOutput(0)))
                .findFirst()
                .flatMap(next -> name.endsWith(QKV)
                        ? attention(name.substring(0, name.length() - QKV.length()), next, n)
                        : gatedUnit(name.substring(0, name.length() - GATE_UP.length()), next, n));
    }

    /** Both operators of attention may take queries, keys and values in their first input. */
    private static Optional<List<Part>> attention(String prefix, NodeProto node, int n) {
        boolean joined = is(node, OnnxOperator.GROUP_QUERY_ATTENTION) && leavesOut(node, ORT_KEY)
                || is(node, OnnxOperator.CUSTOM_GROUP_QUERY_ATTENTION) && leavesOut(node, CUSTOM_KEY);
        if (!joined) {
            return Optional.empty();
        }
        int kvHeads = attribute(node, "kv_num_heads");
        int kvWidth = n / (attribute(node, "num_heads") + 2 * kvHeads) * kvHeads;
        return Optional.of(parts(prefix, List.of("q_proj", "k_proj", "v_proj"), n - 2 * kvWidth, kvWidth, kvWidth));
    }

    private static boolean leavesOut(NodeProto node, int input) {
        return node.getInputCount() <= input || node.getInput(input).isEmpty();
    }

    private static Optional<List<Part>> gatedUnit(String prefix, NodeProto node, int n) {
        return is(node, OnnxOperator.CUSTOM_GATED_UNIT)
                ? Optional.of(parts(prefix, List.of("gate_proj", "up_proj"), n / 2, n / 2))
                : Optional.empty();
    }

    private static boolean is(NodeProto node, OnnxOperator operator) {
        return node.getDomain().equals(operator.domain()) && node.getOpType().equals(operator.opType());
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
