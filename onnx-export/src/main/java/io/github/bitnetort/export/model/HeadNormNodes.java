package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.ModelConfig;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import java.util.List;

/** The norms that the heads of queries and keys pass before they are turned, in architectures that have them. */
final class HeadNormNodes {
    private final GraphBuilder graph;
    private final NormNodes norms;
    private final ModelConfig config;

    HeadNormNodes(GraphBuilder graph, NormNodes norms, ModelConfig config) {
        this.graph = graph;
        this.norms = norms;
        this.config = config;
    }

    /**
     * Adds one layer's norms.
     *
     * @param name the layer's attention module
     * @param projections queries, keys and values, [batch, seq, heads · headDim]
     * @return the same, queries and keys normed head by head
     */
    List<String> add(String name, List<String> projections) {
        if (!config.architecture().hasHeadNorms()) {
            return projections;
        }
        return List.of(
                normed(name + ".q_norm", projections.get(0), config.heads()),
                normed(name + ".k_norm", projections.get(1), config.kvHeads()),
                projections.get(2));
    }

    private String normed(String module, String x, int heads) {
        String byHead = graph.add(
                OnnxOperator.RESHAPE, module + "/heads", List.of(x, graph.list(0, 0, heads, config.headDim())));
        String normed = norms.add(module, byHead, config.headDim(), config.rmsNormEps());
        return graph.add(
                OnnxOperator.RESHAPE,
                module + "/joined",
                List.of(normed, graph.list(0, 0, (long) heads * config.headDim())));
    }
}
