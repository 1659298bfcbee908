package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.PortableRmsNormBody;
import io.github.bitnetort.export.model.RmsNormNodes;
import io.github.bitnetort.ops.CustomRmsNorm;
import io.github.bitnetort.ops.RmsNormProblem;

/**
 * A model of one CustomRmsNorm node: input {@code X} float [d0, …, N] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleRmsNormModel(RmsNormProblem problem, boolean functionBody, int rank) implements SingleOpModel {
    /** The name of the node. */
    public static final String NODE = "rms_norm";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleRmsNormModel {
        RowsModel.requireRank(rank);
    }

    @Override
    public OnnxModel toModel() {
        OnnxModel model = new RowsModel(CustomRmsNorm.OP_TYPE, rank, problem.n(), problem.n()).with((graph, x) -> {
            String weight = graph.initializer(
                    Initializer.inline(Tensors.floats("norm_weight", new long[] {problem.n()}, problem.weight())));
            return RmsNormNodes.add(graph, NODE, x, weight, problem.n(), problem.epsilon());
        });
        if (functionBody) {
            model.functions().add(PortableRmsNormBody.build());
        }
        return model;
    }
}
