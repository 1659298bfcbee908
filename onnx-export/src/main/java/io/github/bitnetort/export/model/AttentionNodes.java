package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.AttributeProto;
import java.util.List;

/**
 * Grouped-query attention over cached and new tokens. The query heads of a group are laid along the tokens, so keys
 * and values serve a whole group without being repeated.
 */
final class AttentionNodes {
    private final GraphBuilder graph;
    private final ModelConfig config;
    private final PositionNodes positions;
    private final int group;

    AttentionNodes(GraphBuilder graph, ModelConfig config, PositionNodes positions) {
        this.graph = graph;
        this.config = config;
        this.positions = positions;
        this.group = config.heads() / config.kvHeads();
    }

    /** What a layer reads from and writes to its cache, [batch, kvHeads, tokens, headDim]. */
    record Cache(String pastKey, String pastValue, String presentKey, String presentValue) {}

    /**
     * Adds one layer's attention.
     *
     * @param name the layer's attention module
     * @param projections queries, keys and values of the new tokens, [batch, seq, heads · headDim]
     * @return the heads' outputs, [batch, seq, heads · headDim]
     */
    String add(String name, List<String> projections, Cache cache) {
        String query = rotate(name + "/query", split(name + "/query", projections.get(0), config.heads()));
        String key = rotate(name + "/key", split(name + "/key", projections.get(1), config.kvHeads()));
        String value = split(name + "/value", projections.get(2), config.kvHeads());
        String keys = append(name + "/key", cache.pastKey(), key, cache.presentKey());
        String values = append(name + "/value", cache.pastValue(), value, cache.presentValue());
        String weights = weights(name, grouped(name + "/query", query), keys);
        return joined(name, graph.add(OnnxOperator.MAT_MUL, name + "/context", List.of(weights, values)));
    }

    /** [batch, seq, heads · headDim] to [batch, seq, heads, headDim]. */
    private String split(String name, String x, int heads) {
        return graph.add(OnnxOperator.RESHAPE, name + "/heads", List.of(x, graph.list(0, 0, heads, config.headDim())));
    }

    /** x · cos + rotate_half(x) · sin: the second half of a head pairs with the first. */
    private String rotate(String name, String x) {
        long half = config.headDim() / 2;
        List<String> halves = graph.add(
                OnnxOperator.SPLIT,
                name + "/halves",
                List.of(x, graph.list(half, half)),
                List.of(name + "/first_half", name + "/second_half"),
                Attributes.of("axis", -1));
        String negated = graph.add(OnnxOperator.NEG, name + "/negated", List.of(halves.get(1)));
        String turned = graph.add(
                OnnxOperator.CONCAT, name + "/turned", List.of(negated, halves.get(0)), Attributes.of("axis", -1));
        String straight = graph.add(OnnxOperator.MUL, name + "/by_cos", List.of(x, positions.cos()));
        String across = graph.add(OnnxOperator.MUL, name + "/by_sin", List.of(turned, positions.sin()));
        return graph.add(OnnxOperator.ADD, name + "/rotated", List.of(straight, across));
    }

    private String append(String name, String past, String x, String present) {
        String byHead = graph.add(OnnxOperator.TRANSPOSE, name + "/by_head", List.of(x), perm(0, 2, 1, 3));
        return graph.add(OnnxOperator.CONCAT, present, List.of(past, byHead), Attributes.of("axis", 2));
    }

    /** [batch, seq, heads, headDim] to [batch, kvHeads, group · seq, headDim]. */
    private String grouped(String name, String x) {
        String groups = graph.add(
                OnnxOperator.RESHAPE,
                name + "/groups",
                List.of(x, graph.list(0, 0, config.kvHeads(), group, config.headDim())));
        String byHead = graph.add(OnnxOperator.TRANSPOSE, name + "/by_head", List.of(groups), perm(0, 2, 3, 1, 4));
        return graph.add(
                OnnxOperator.RESHAPE, name + "/grouped", List.of(byHead, graph.list(0, 0, -1, config.headDim())));
    }

    /** Softmax of the scaled and masked scores, [batch, kvHeads, group · seq, total]. */
    private String weights(String name, String query, String keys) {
        String columns = graph.add(OnnxOperator.TRANSPOSE, name + "/key_columns", List.of(keys), perm(0, 1, 3, 2));
        String products = graph.add(OnnxOperator.MAT_MUL, name + "/products", List.of(query, columns));
        String scale = graph.scalar((float) Math.pow(config.headDim(), -0.5));
        String scores = graph.add(OnnxOperator.MUL, name + "/scores", List.of(products, scale));
        String byToken = shape(name + "/scores_shape", graph.list(0, 0, group), positions.seq(), positions.total());
        String split = graph.add(OnnxOperator.RESHAPE, name + "/scores_by_token", List.of(scores, byToken));
        String masked = graph.add(OnnxOperator.ADD, name + "/masked", List.of(split, positions.mask()));
        String softmax =
                graph.add(OnnxOperator.SOFTMAX, name + "/weights_by_token", List.of(masked), Attributes.of("axis", -1));
        String flat = shape(name + "/weights_shape", graph.list(0, 0, -1), positions.total());
        return graph.add(OnnxOperator.RESHAPE, name + "/weights", List.of(softmax, flat));
    }

    /** [batch, kvHeads, group · seq, headDim] to [batch, seq, heads · headDim]. */
    private String joined(String name, String context) {
        String groups = graph.add(
                OnnxOperator.RESHAPE,
                name + "/context_groups",
                List.of(context, graph.list(0, 0, group, -1, config.headDim())));
        String byToken =
                graph.add(OnnxOperator.TRANSPOSE, name + "/context_by_token", List.of(groups), perm(0, 3, 1, 2, 4));
        return graph.add(OnnxOperator.RESHAPE, name, List.of(byToken, graph.list(0, 0, config.attentionWidth())));
    }

    private String shape(String name, String... parts) {
        return graph.add(OnnxOperator.CONCAT, name, List.of(parts), Attributes.of("axis", 0));
    }

    private static AttributeProto perm(long... axes) {
        return Attributes.of("perm", axes);
    }
}
