package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import java.util.List;

/**
 * Leaves out positions whose logits nobody wants: of a long prompt only the last one's are of use. Nothing behind the last
 * layer's attention needs another position, neither that layer's MLP nor the head, which is the largest matrix. The
 * attention mask says so, for an input of its own would have to be fed by every user: 0 is padding, 1 a token, and 2 a
 * token without logits.
 */
final class LogitRows {
    /** The attention mask's value for a token whose logits are not wanted. */
    static final long WITHOUT_LOGITS = 2;

    private static final String PREFIX = "logits/";

    private final GraphBuilder graph;
    private final String kept;

    /**
     * Adds what finds the positions at which no row of the mask has a 2.
     *
     * @param ids [batch, seq]
     * @param mask [batch, total]
     */
    LogitRows(GraphBuilder graph, String ids, String mask) {
        this.graph = graph;
        String seq = graph.add(
                OnnxOperator.SHAPE, PREFIX + "seq", List.of(ids), Attributes.of("start", 1), Attributes.of("end", 2));
        String first = graph.add(OnnxOperator.NEG, PREFIX + "first", List.of(seq));
        String added = graph.add(
                OnnxOperator.SLICE, PREFIX + "new", List.of(mask, first, graph.list(Long.MAX_VALUE), graph.list(1)));
        String most = graph.add(
                OnnxOperator.REDUCE_MAX, PREFIX + "most", List.of(added, graph.list(0)), Attributes.of("keepdims", 0));
        String wanted = graph.add(OnnxOperator.LESS, PREFIX + "wanted", List.of(most, graph.scalar(WITHOUT_LOGITS)));
        String places = graph.add(OnnxOperator.NON_ZERO, PREFIX + "places", List.of(wanted));
        kept = graph.add(OnnxOperator.SQUEEZE, PREFIX + "kept", List.of(places, graph.list(0)));
    }

    /**
     * Keeps the wanted positions alone.
     *
     * @param what the result is called, behind {@code logits/}
     * @param x [batch, seq, width]
     * @return [batch, kept, width]
     */
    String of(String what, String x) {
        return graph.add(OnnxOperator.GATHER, PREFIX + what, List.of(x, kept), Attributes.of("axis", 1));
    }
}
