package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.model.BitMatMulNodes;
import io.github.bitnetort.export.model.PackedTensorData;
import io.github.bitnetort.export.model.PortableBody;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedWeights;

/**
 * A model of one CustomBitMatMul node: input {@code X} float [d0, …, K] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests and benchmarks of the op.
 *
 * @param scale of one of the lengths that the contract allows
 * @param bias [N], or null
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleNodeModel(
        BitMatMulSpec spec, PackedWeights weights, float[] scale, float[] bias, boolean functionBody, int rank)
        implements SingleOpModel {
    /** The name of the node. */
    public static final String NODE = "bit_mat_mul";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleNodeModel {
        RowsModel.requireRank(rank);
    }

    /** With X of rank 2 and the function body. */
    public static SingleNodeModel of(BitMatMulSpec spec, PackedWeights weights, float[] scale, float[] bias) {
        return new SingleNodeModel(spec, weights, scale, bias, true, 2);
    }

    /** The same with or without the function body. */
    public SingleNodeModel withFunctionBody(boolean other) {
        return new SingleNodeModel(spec, weights, scale, bias, other, rank);
    }

    /** The same with X and Y of another rank, at least 1. */
    public SingleNodeModel withRank(int other) {
        return new SingleNodeModel(spec, weights, scale, bias, functionBody, other);
    }

    @Override
    public OnnxModel toModel() {
        OnnxModel model = new RowsModel(CustomBitMatMul.OP_TYPE, rank, spec.k(), spec.n())
                .with((graph, x) ->
                        BitMatMulNodes.add(graph, NODE, spec, x, PackedTensorData.of(weights), scale, bias));
        if (functionBody) {
            model.functions()
                    .add(PortableBody.of(new PortableBody.Variant(
                            spec.packing(), spec.activation(), spec.blockSize(), bias != null)));
        }
        return model;
    }
}
