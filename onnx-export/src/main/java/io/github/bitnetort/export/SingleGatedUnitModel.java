package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.GatedUnitNodes;
import io.github.bitnetort.export.model.PortableGatedUnitBody;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.ops.RmsNormProblem;

/**
 * A model of one CustomGatedUnit node: input {@code X} float [d0, …, 2 N] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleGatedUnitModel(GatedUnitSpec spec, boolean functionBody, int rank) implements SingleOpModel {
    /** The name of the node. */
    public static final String NODE = "gated_unit";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleGatedUnitModel {
        RowsModel.requireRank(rank);
    }

    @Override
    public OnnxModel toModel() {
        OnnxModel model = new RowsModel(CustomGatedUnit.OP_TYPE, rank, spec.width(), spec.n())
                .with((graph, x) -> spec.norm()
                        .map(norm ->
                                GatedUnitNodes.addNormed(graph, NODE, x, weight(graph, norm), spec.n(), norm.epsilon()))
                        .orElseGet(() -> GatedUnitNodes.add(graph, NODE, spec.n(), x)));
        if (functionBody) {
            model.functions().add(PortableGatedUnitBody.build(spec.norm().isPresent()));
        }
        return model;
    }

    private static String weight(GraphBuilder graph, RmsNormProblem norm) {
        return graph.initializer(
                Initializer.inline(Tensors.floats("norm_weight", new long[] {norm.n()}, norm.weight())));
    }
}
