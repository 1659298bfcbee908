package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.PortableRmsNormBody;
import io.github.bitnetort.export.model.RmsNormNodes;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomRmsNorm;
import io.github.bitnetort.ops.RmsNormProblem;
import java.util.Arrays;
import java.util.List;

/**
 * A model of one CustomRmsNorm node: input {@code X} float [d0, …, N] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleRmsNormModel(RmsNormProblem problem, boolean functionBody, int rank) {
    /** The name of the node. */
    public static final String NODE = "rms_norm";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleRmsNormModel {
        if (rank < 1) {
            throw new IllegalArgumentException("rank: found " + rank + ", wanted 1 or more");
        }
    }

    /** The model; it may be changed, such as into one that the op must refuse. */
    public OnnxModel toModel() {
        OnnxModel model = Producer.newModel(CustomRmsNorm.OP_TYPE);
        GraphBuilder graph = new GraphBuilder(model);
        String x = graph.input(Tensors.value(CustomRmsNorm.X.name(), DataType.FLOAT, dims(problem.n())));
        String weight = graph.initializer(
                Initializer.inline(Tensors.floats("norm_weight", new long[] {problem.n()}, problem.weight())));
        String norm = RmsNormNodes.add(graph, NODE, x, weight, problem.n(), problem.epsilon());
        String y = graph.add(OnnxOperator.IDENTITY, CustomRmsNorm.Y.name(), List.of(norm));
        graph.output(Tensors.value(y, DataType.FLOAT, dims(problem.n())));
        if (functionBody) {
            model.functions().add(PortableRmsNormBody.build());
        }
        return model;
    }

    /** The model file's bytes. */
    public byte[] toBytes() {
        return ModelWriter.toBytes(toModel());
    }

    private Object[] dims(int last) {
        Object[] dims = new Object[rank];
        Arrays.setAll(dims, i -> i < rank - 1 ? "d" + i : (Object) last);
        return dims;
    }
}
