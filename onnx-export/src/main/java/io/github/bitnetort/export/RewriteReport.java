package io.github.bitnetort.export;

import java.nio.file.Path;
import java.util.List;

/**
 * What a rewriting did.
 *
 * @param output the file that was written
 * @param decisions one for each product with constant weights, in the graph's order
 * @param nodes CustomBitMatMul nodes that were added; fewer than layers where some were merged
 * @param removedNodes nodes that had no use any more
 * @param inlinedCalls calls of model-local functions that were replaced by what the functions say, and fused nodes that
 *     were replaced by their parts, for there were layers in them
 * @param liftedNodes nodes of bfloat16 that now compute in float32 and round their results
 * @param functionBody whether the op was written in standard operators, too
 * @param notes what else a user should know, in sentences
 */
public record RewriteReport(
        Path output,
        List<Decision> decisions,
        int nodes,
        int removedNodes,
        int inlinedCalls,
        int liftedNodes,
        boolean functionBody,
        List<String> notes) {
    /**
     * What became of a node.
     *
     * @param node its name
     * @param operator its operator, with its domain where that is not ONNX's
     * @param rewritten whether it was a BitLinear layer and is now (part of) a CustomBitMatMul
     * @param reason the layer that it is, or why it is none
     */
    public record Decision(String node, String operator, boolean rewritten, String reason) {}

    /** Copies the lists. */
    public RewriteReport {
        decisions = List.copyOf(decisions);
        notes = List.copyOf(notes);
    }

    /** BitLinear layers that were found. */
    public int layers() {
        return (int) decisions.stream().filter(Decision::rewritten).count();
    }

    /** Whether the output differs from the input. */
    public boolean changed() {
        return nodes > 0;
    }
}
