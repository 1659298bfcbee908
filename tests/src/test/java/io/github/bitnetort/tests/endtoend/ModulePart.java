package io.github.bitnetort.tests.endtoend;

import io.github.bitnetort.export.ExportedBitMatMul;
import java.util.List;

/**
 * Where a module of the checkpoint is in the exported model: projections that share their input are rows of one node,
 * {@code qkv_proj} and {@code gate_up_proj}.
 */
record ModulePart(ExportedBitMatMul node, int firstRow, int rows) {
    private static final List<List<String>> MERGED = List.of(List.of("q", "k", "v"), List.of("gate", "up"));
    private static final String SUFFIX = "_proj";

    static ModulePart find(List<ExportedBitMatMul> nodes, References references, String module) {
        int rows = rows(references, module);
        for (ExportedBitMatMul node : nodes) {
            if (node.node().equals(module)) {
                return new ModulePart(node, 0, rows);
            }
        }
        int dot = module.lastIndexOf('.') + 1;
        String prefix = module.substring(0, dot);
        String part = module.substring(dot, module.length() - SUFFIX.length());
        for (List<String> parts : MERGED) {
            for (ExportedBitMatMul node : nodes) {
                List<String> inNode = parts(node.node(), prefix, parts);
                if (inNode.contains(part)) {
                    int first = inNode.subList(0, inNode.indexOf(part)).stream()
                            .mapToInt(before -> rows(references, prefix + before + SUFFIX))
                            .sum();
                    return new ModulePart(node, first, rows);
                }
            }
        }
        throw new AssertionError("module " + module + ": found no node, wanted one of its name or a merged one");
    }

    /** The projections that a merged node of that name and prefix holds, in order; none where it is another. */
    private static List<String> parts(String node, String prefix, List<String> all) {
        List<String> present = all.stream()
                .filter(part -> node.startsWith(prefix)
                        && node.substring(prefix.length()).contains(part))
                .toList();
        String joined = String.join(all.contains("gate") ? "_" : "", present);
        return node.equals(prefix + joined + SUFFIX) ? present : List.of();
    }

    private static int rows(References references, String module) {
        int[] shape = references.shape("module." + module + ".output");
        return shape[shape.length - 1];
    }
}
