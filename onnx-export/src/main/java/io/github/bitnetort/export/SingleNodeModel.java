package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.BitMatMulNodes;
import io.github.bitnetort.export.model.PackedTensorData;
import io.github.bitnetort.export.model.PortableBody;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.PackedWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

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
        BitMatMulSpec spec, PackedWeights weights, float[] scale, float[] bias, boolean functionBody, int rank) {
    /** The name of the node. */
    public static final String NODE = "bit_mat_mul";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleNodeModel {
        if (rank < 1) {
            throw new IllegalArgumentException("rank: found " + rank + ", wanted 1 or more");
        }
    }

    /** With X of rank 2 and the function body. */
    public static SingleNodeModel of(BitMatMulSpec spec, PackedWeights weights, float[] scale, float[] bias) {
        return new SingleNodeModel(spec, weights, scale, bias, true, 2);
    }

    public SingleNodeModel withFunctionBody(boolean other) {
        return new SingleNodeModel(spec, weights, scale, bias, other, rank);
    }

    public SingleNodeModel withRank(int other) {
        return new SingleNodeModel(spec, weights, scale, bias, functionBody, other);
    }

    /** The model; it may be changed, such as into one that the op must refuse. */
    public OnnxModel toModel() {
        OnnxModel model = Producer.newModel(CustomBitMatMul.OP_TYPE);
        GraphBuilder graph = new GraphBuilder(model);
        String x = graph.input(Tensors.value(CustomBitMatMul.X.name(), DataType.FLOAT, dims(spec.k())));
        String product = BitMatMulNodes.add(graph, NODE, spec, x, PackedTensorData.of(weights), scale, bias);
        String y = graph.add(OnnxOperator.IDENTITY, CustomBitMatMul.Y.name(), List.of(product));
        graph.output(Tensors.value(y, DataType.FLOAT, dims(spec.n())));
        if (functionBody) {
            model.functions()
                    .add(PortableBody.of(new PortableBody.Variant(
                            spec.packing(), spec.activation(), spec.blockSize(), bias != null)));
        }
        return model;
    }

    /** The model file's bytes, weights inline. */
    public byte[] toBytes() {
        return ModelWriter.toBytes(toModel());
    }

    /**
     * Writes a new model file, and {@code <file>.data} beside it for external weights.
     *
     * @throws IOException where a file exists or cannot be written
     */
    public void write(Path file, ModelWriter.Storage storage) throws IOException {
        ModelWriter.write(toModel(), file, storage, ProgressListener.NONE);
    }

    private Object[] dims(int last) {
        Object[] dims = new Object[rank];
        for (int i = 0; i < rank - 1; i++) {
            dims[i] = "d" + i;
        }
        dims[rank - 1] = last;
        return dims;
    }
}
