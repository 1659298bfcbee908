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
    public static String add(GraphBuilder graph, String name, GatedUnitSpec spec, String x) {
        return graph.add(
                OnnxOperator.CUSTOM_GATED_UNIT,
                name,
                List.of(x),
                Attributes.of(CustomGatedUnit.ATTRIBUTE_N.name(), spec.n()),
                Attributes.of(CustomGatedUnit.ACTIVATION.name(), GatedUnitSpec.RELU2));
    }
}
