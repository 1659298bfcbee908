package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulF16Nodes;
import io.github.bitnetort.export.model.PortableF16Body;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.MatMulF16Problem;

/**
 * A model of one CustomMatMulF16 node: input {@code X} float [d0, …, K] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests and benchmarks of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleF16Model(MatMulF16Problem problem, boolean functionBody, int rank) implements SingleOpModel {
    /** The name of the node, and what its constant's name begins with. */
    public static final String NODE = "mat_mul_f16";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleF16Model {
        RowsModel.requireRank(rank);
    }

    @Override
    public OnnxModel toModel() {
        OnnxModel model = new RowsModel(CustomMatMulF16.OP_TYPE, rank, problem.k(), problem.n())
                .with((graph, x) -> new MatMulF16Nodes(
                                graph, NODE, problem.n(), problem.k(), Tensors.data(problem.weights()))
                        .product(NODE, x));
        if (functionBody) {
            model.functions().add(PortableF16Body.create());
        }
        return model;
    }
}
