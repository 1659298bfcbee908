package io.github.bitnetort.export.model;

import io.github.bitnetort.export.AttentionOperator;
import io.github.bitnetort.export.ExportOptions;
import io.github.bitnetort.export.Operators;
import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.onnx.FunctionProto;
import java.util.List;
import java.util.Optional;

/** The attention of a decoder's layers: what it becomes, and how its projections reach it. */
final class DecoderAttention {
    private final GraphBuilder graph;
    private final ModelConfig config;
    private final DecoderWeights weights;
    private final LinearNodes linears;
    private final HeadNormNodes headNorms;
    private final Optional<AttentionOperator> operator;

    /** Adds one layer's attention, given its normed input, [batch, seq, hidden]. */
    @FunctionalInterface
    interface Layer {
        String add(String name, String x, DecoderWeights.Layer layer, AttentionNodes.Cache cache);
    }

    DecoderAttention(
            GraphBuilder graph,
            ModelConfig config,
            DecoderWeights weights,
            LinearNodes linears,
            HeadNormNodes headNorms,
            ExportOptions options) {
        this.graph = graph;
        this.config = config;
        this.weights = weights;
        this.linears = linears;
        this.headNorms = headNorms;
        this.operator = Optional.of(options.attention())
                .filter(wanted -> options.operators() == Operators.ORT && supports(wanted, config));
    }

    private static boolean supports(AttentionOperator operator, ModelConfig config) {
        return switch (operator) {
            case CUSTOM -> CustomAttentionNodes.supports(config);
            case ORT -> GroupQueryAttentionNodes.supports(config);
        };
    }

    /** Whether past and present may be one buffer. */
    boolean sharesCache() {
        return operator.isPresent();
    }

    /** The name in metadata. */
    String label() {
        return operator.map(AttentionOperator::label).orElse(Operators.STANDARD.label());
    }

    /** What CustomGroupQueryAttention means, where there is one. */
    Optional<FunctionProto> body() {
        return operator.filter(AttentionOperator.CUSTOM::equals).map(custom -> PortableAttentionBody.build(joinsAll()));
    }

    /**
     * Adds what all layers share.
     *
     * @param ids [batch, seq]
     * @param mask [batch, total], 0 where a row is padded
     */
    Layer begin(String ids, String mask) {
        if (operator.isEmpty()) {
            AttentionNodes nodes = new AttentionNodes(graph, config, PositionNodes.add(graph, ids, mask, config));
            return (name, x, layer, cache) -> nodes.add(name, apart(name, x, layer), cache);
        }
        if (operator.get() == AttentionOperator.ORT) {
            GroupQueryAttentionNodes nodes = new GroupQueryAttentionNodes(graph, ids, mask, config);
            return (name, x, layer, cache) -> nodes.add(name, projections(joins(layer), name, x, layer), cache);
        }
        CustomAttentionNodes nodes = new CustomAttentionNodes(graph, mask, config);
        boolean joined = joinsAll();
        return (name, x, layer, cache) -> nodes.add(name, projections(joined, name, x, layer), cache);
    }

    /** Whether all layers have one value of queries, keys and values: nodes of ours share one body, for one form. */
    private boolean joinsAll() {
        return weights.layers().stream().allMatch(this::joins);
    }

    /** Whether nothing stands between one node that makes queries, keys and values, and attention. */
    private boolean joins(DecoderWeights.Layer layer) {
        return !config.architecture().hasHeadNorms() && LinearNodes.canJoin(qkv(layer));
    }

    /** Queries, keys and values as one value, [batch, seq, (heads + 2 · kvHeads) · headDim], or as three. */
    private List<String> projections(boolean joined, String name, String x, DecoderWeights.Layer layer) {
        return joined ? List.of(linears.addJoined(x, qkv(layer))) : apart(name, x, layer);
    }

    /** Queries, keys and values, [batch, seq, heads · headDim]. */
    private List<String> apart(String name, String x, DecoderWeights.Layer layer) {
        return headNorms.add(name, linears.addAll(x, qkv(layer)));
    }

    private static List<Linear> qkv(DecoderWeights.Layer layer) {
        return List.of(layer.q(), layer.k(), layer.v());
    }
}
