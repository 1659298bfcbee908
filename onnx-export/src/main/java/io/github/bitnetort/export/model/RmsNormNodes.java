package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.ops.CustomRmsNorm;
import java.util.List;

/** Adds CustomRmsNorm nodes. */
public final class RmsNormNodes {
    private RmsNormNodes() {}

    /**
     * Adds a node.
     *
     * @param x [..., N]
     * @param weight an initializer, float32 [N]
     * @return the output's name, which is the node's; [..., N]
     */
    public static String add(GraphBuilder graph, String name, String x, String weight, int n, float epsilon) {
        return graph.add(
                OnnxOperator.CUSTOM_RMS_NORM,
                name,
                List.of(x, weight),
                Attributes.of(CustomRmsNorm.ATTRIBUTE_N.name(), n),
                Attributes.of(CustomRmsNorm.EPSILON.name(), epsilon));
    }
}
