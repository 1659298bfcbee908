package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Attention as one node of ONNX Runtime, which rotates, appends to the cache (in place, where past and present are one
 * buffer of a fixed capacity) and attends. Every row of a batch counts as long as the longest; a bias hides the padding
 * on its left. A token's angle is that of its column: rotary attention depends on differences alone, so padding shifts
 * nothing but the last bit.
 */
final class GroupQueryAttentionNodes {
    /** What a head's width must be a multiple of for the node to rotate it. */
    private static final int HEAD_DIM_STEP = 16;

    private static final String PREFIX = "attention/";

    private final GraphBuilder graph;
    private final ModelConfig config;
    private final String lengths;
    private final String total;
    private final RotaryTables tables;
    private final String bias;

    /**
     * Adds what all layers share.
     *
     * @param ids [batch, seq]
     * @param mask [batch, total], 0 where a row is padded
     */
    GroupQueryAttentionNodes(GraphBuilder graph, String ids, String mask, ModelConfig config) {
        this.graph = graph;
        this.config = config;
        String batch = shape("batch", mask, 0);
        String columns = shape("columns", mask, 1);
        total = graph.add(OnnxOperator.CAST, PREFIX + "total", List.of(columns), Attributes.to(DataType.INT32));
        String before = graph.add(OnnxOperator.SUB, PREFIX + "before", List.of(columns, graph.scalar(1L)));
        String last = graph.add(OnnxOperator.CAST, PREFIX + "last", List.of(before), Attributes.to(DataType.INT32));
        lengths = graph.add(OnnxOperator.EXPAND, PREFIX + "lengths", List.of(last, batch));
        tables = RotaryTables.add(graph, PREFIX, config);
        bias = bias(ids, mask);
    }

    /** Whether the node takes heads of this width. */
    static boolean supports(ModelConfig config) {
        return config.headDim() % HEAD_DIM_STEP == 0;
    }

    /**
     * Adds one layer's attention.
     *
     * @param name the layer's attention module
     * @param projections queries, keys and values of the new tokens, [batch, seq, heads · headDim] each; or one value
     *     that holds them side by side
     * @return the heads' outputs, [batch, seq, heads · headDim]
     */
    String add(String name, List<String> projections, AttentionNodes.Cache cache) {
        List<String> inputs = new ArrayList<>(projections);
        inputs.addAll(Collections.nCopies(3 - projections.size(), ""));
        inputs.addAll(
                List.of(cache.pastKey(), cache.pastValue(), lengths, total, tables.cos(), tables.sin(), "", bias));
        return graph.add(
                        OnnxOperator.GROUP_QUERY_ATTENTION,
                        name,
                        inputs,
                        List.of(name, cache.presentKey(), cache.presentValue()),
                        Attributes.of("num_heads", config.heads()),
                        Attributes.of("kv_num_heads", config.kvHeads()),
                        Attributes.of("do_rotary", 1))
                .get(0);
    }

    /** [batch, 1, seq, total]: 0, or the lowest float (no infinity: a row of padding must not become NaN). */
    private String bias(String ids, String mask) {
        String real = graph.add(OnnxOperator.CAST, PREFIX + "real", List.of(mask), Attributes.to(DataType.BOOL));
        String row = graph.add(
                OnnxOperator.WHERE,
                PREFIX + "bias_row",
                List.of(real, graph.scalar(0f), graph.scalar(-Float.MAX_VALUE)));
        String column = graph.add(OnnxOperator.UNSQUEEZE, PREFIX + "bias_rows", List.of(row, graph.list(1, 2)));
        String seq = shape("seq", ids, 1);
        String wanted = graph.add(
                OnnxOperator.CONCAT,
                PREFIX + "bias_shape",
                List.of(graph.list(1, 1), seq, graph.list(1)),
                Attributes.of("axis", 0));
        return graph.add(OnnxOperator.EXPAND, PREFIX + "bias", List.of(column, wanted));
    }

    private String shape(String name, String of, int axis) {
        return graph.add(
                OnnxOperator.SHAPE,
                PREFIX + name,
                List.of(of),
                Attributes.of("start", axis),
                Attributes.of("end", axis + 1));
    }
}
