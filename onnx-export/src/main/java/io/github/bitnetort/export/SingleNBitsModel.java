package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulNBitsNodes;
import io.github.bitnetort.export.model.PortableNBitsBody;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import java.nio.ByteBuffer;

/**
 * A model of one CustomMatMulNBits node: input {@code X} float [d0, …, K] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests and benchmarks of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleNBitsModel(MatMulNBitsProblem problem, boolean functionBody, int rank) implements SingleOpModel {
    /** The name of the node, and what its constants' names begin with. */
    public static final String NODE = "mat_mul_nbits";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleNBitsModel {
        RowsModel.requireRank(rank);
    }

    @Override
    public OnnxModel toModel() {
        MatMulNBitsSpec spec = problem.spec();
        OnnxModel model = new RowsModel(CustomMatMulNBits.OP_TYPE, rank, spec.k(), spec.n())
                .with((graph, x) -> new MatMulNBitsNodes(
                                graph,
                                NODE,
                                spec,
                                Tensors.data(ByteBuffer.wrap(problem.weights())),
                                Tensors.data(problem.scale()))
                        .product(NODE, x));
        if (functionBody) {
            model.functions().add(PortableNBitsBody.of(spec.bits(), spec.blockSize()));
        }
        return model;
    }
}
