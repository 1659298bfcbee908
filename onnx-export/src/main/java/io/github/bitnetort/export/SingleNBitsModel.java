package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulNBitsNodes;
import io.github.bitnetort.export.model.PortableNBitsBody;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsProblem;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A model of one CustomMatMulNBits node: input {@code X} float [d0, …, K] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests and benchmarks of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleNBitsModel(MatMulNBitsProblem problem, boolean functionBody, int rank) {
    /** The name of the node, and what its constants' names begin with. */
    public static final String NODE = "mat_mul_nbits";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleNBitsModel {
        if (rank < 1) {
            throw new IllegalArgumentException("rank: found " + rank + ", wanted 1 or more");
        }
    }

    /** The model; it may be changed, such as into one that the op must refuse. */
    public OnnxModel toModel() {
        MatMulNBitsSpec spec = problem.spec();
        OnnxModel model = Producer.newModel(CustomMatMulNBits.OP_TYPE);
        GraphBuilder graph = new GraphBuilder(model);
        String x = graph.input(Tensors.value(CustomMatMulNBits.X.name(), DataType.FLOAT, dims(spec.k())));
        String product = new MatMulNBitsNodes(
                        graph,
                        NODE,
                        spec,
                        Tensors.data(ByteBuffer.wrap(problem.weights())),
                        Tensors.data(problem.scale()))
                .product(NODE, x);
        String y = graph.add(OnnxOperator.IDENTITY, CustomMatMulNBits.Y.name(), List.of(product));
        graph.output(Tensors.value(y, DataType.FLOAT, dims(spec.n())));
        if (functionBody) {
            model.functions().add(PortableNBitsBody.of(spec.bits(), spec.blockSize()));
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
        Arrays.setAll(dims, i -> i < rank - 1 ? "d" + i : (Object) last);
        return dims;
    }
}
