package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention as CustomGroupQueryAttention nodes: how many columns each sequence has is the mask's width, and how many of
 * them are padding its number of zeros.
 */
public final class CustomAttentionNodes {
    private static final String PREFIX = "attention/";

    private final GraphBuilder graph;
    private final GroupQueryAttentionSpec spec;
    private final String total;
    private final String padding;
    private final RotaryTables tables;

    /**
     * Adds what all layers share.
     *
     * @param mask [batch, total], 0 where a row is padded
     */
    CustomAttentionNodes(GraphBuilder graph, String mask, ModelConfig config) {
        this.graph = graph;
        spec = new GroupQueryAttentionSpec(
                config.heads(), config.kvHeads(), config.headDim(), (float) Math.pow(config.headDim(), -0.5));
        total = graph.add(
                OnnxOperator.SHAPE,
                PREFIX + "total",
                List.of(mask),
                Attributes.of("start", 1),
                Attributes.of("end", 2));
        String real = graph.add(OnnxOperator.CLIP, PREFIX + "real", List.of(mask, graph.scalar(0L), graph.scalar(1L)));
        String tokens = graph.add(
                OnnxOperator.REDUCE_SUM, PREFIX + "tokens", List.of(real, graph.list(1)), Attributes.of("keepdims", 0));
        padding = graph.add(OnnxOperator.SUB, PREFIX + "padding", List.of(total, tokens));
        tables = RotaryTables.add(graph, PREFIX, config);
    }

    /** Whether the node takes heads of this width. */
    static boolean supports(ModelConfig config) {
        return GroupQueryAttentionSpec.supports(config.headDim());
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
        List<String> inputs = new ArrayList<>(List.of(
                projections.get(0), cache.pastKey(), cache.pastValue(), total, padding, tables.cos(), tables.sin()));
        inputs.addAll(projections.subList(1, projections.size()));
        return add(graph, name, spec, inputs, cache.presentKey(), cache.presentValue());
    }

    /**
     * Adds a node.
     *
     * @param inputs in the order of {@link CustomGroupQueryAttention#INPUTS}, with or without the last two
     * @return the name of Y, which is the node's; [batch, seq, heads · headDim]
     */
    public static String add(
            GraphBuilder graph,
            String name,
            GroupQueryAttentionSpec spec,
            List<String> inputs,
            String presentKey,
            String presentValue) {
        return graph.add(
                        OnnxOperator.CUSTOM_GROUP_QUERY_ATTENTION,
                        name,
                        inputs,
                        List.of(name, presentKey, presentValue),
                        Attributes.of(CustomGroupQueryAttention.NUM_HEADS.name(), spec.heads()),
                        Attributes.of(CustomGroupQueryAttention.KV_NUM_HEADS.name(), spec.kvHeads()),
                        Attributes.of(CustomGroupQueryAttention.HEAD_DIM.name(), spec.headDim()),
                        Attributes.of(CustomGroupQueryAttention.SCALE.name(), spec.scale()))
                .get(0);
    }
}
