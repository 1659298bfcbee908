package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.MatMulF16Nodes;
import io.github.bitnetort.export.model.PortableF16Body;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomMatMulF16;
import io.github.bitnetort.ops.MatMulF16Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A model of one CustomMatMulF16 node: input {@code X} float [d0, …, K] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests and benchmarks of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleF16Model(MatMulF16Problem problem, boolean functionBody, int rank) {
    /** The name of the node, and what its constant's name begins with. */
    public static final String NODE = "mat_mul_f16";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleF16Model {
        if (rank < 1) {
            throw new IllegalArgumentException("rank: found " + rank + ", wanted 1 or more");
        }
    }

    /** The model; it may be changed, such as into one that the op must refuse. */
    public OnnxModel toModel() {
        OnnxModel model = Producer.newModel(CustomMatMulF16.OP_TYPE);
        GraphBuilder graph = new GraphBuilder(model);
        String x = graph.input(Tensors.value(CustomMatMulF16.X.name(), DataType.FLOAT, dims(problem.k())));
        String product = new MatMulF16Nodes(graph, NODE, problem.n(), problem.k(), Tensors.data(problem.weights()))
                .product(NODE, x);
        String y = graph.add(OnnxOperator.IDENTITY, CustomMatMulF16.Y.name(), List.of(product));
        graph.output(Tensors.value(y, DataType.FLOAT, dims(problem.n())));
        if (functionBody) {
            model.functions().add(PortableF16Body.create());
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
