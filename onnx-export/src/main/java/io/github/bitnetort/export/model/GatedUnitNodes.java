package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import java.util.List;

/** Adds CustomGatedUnit nodes. */
public final class GatedUnitNodes {
    private GatedUnitNodes() {}

    /**
     * Adds a node.
     *
     * @param x gates and then values, [..., 2 N]
     * @return the output's name, which is the node's; [..., N]
     */
    public static String add(GraphBuilder graph, String name, int n, String x) {
        return graph.add(
                OnnxOperator.CUSTOM_GATED_UNIT,
                name,
                List.of(x),
                Attributes.of(CustomGatedUnit.ATTRIBUTE_N.name(), n),
                Attributes.of(CustomGatedUnit.ACTIVATION.name(), GatedUnitSpec.RELU2));
    }

    /**
     * Adds a node with the norm that follows.
     *
     * @param x gates and then values, [..., 2 N]
     * @param weight of the norm, an initializer, float32 [N]
     * @return the output's name, which is the node's; [..., N]
     */
    public static String addNormed(GraphBuilder graph, String name, String x, String weight, int n, float epsilon) {
        return graph.add(
                OnnxOperator.CUSTOM_GATED_UNIT,
                name,
                List.of(x, weight),
                Attributes.of(CustomGatedUnit.ATTRIBUTE_N.name(), n),
                Attributes.of(CustomGatedUnit.ACTIVATION.name(), GatedUnitSpec.RELU2),
                Attributes.of(CustomGatedUnit.EPSILON.name(), epsilon));
    }
}
