package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.GatedUnitNodes;
import io.github.bitnetort.export.model.PortableGatedUnitBody;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomGatedUnit;
import io.github.bitnetort.ops.GatedUnitSpec;
import io.github.bitnetort.ops.RmsNormProblem;
import java.util.Arrays;
import java.util.List;

/**
 * A model of one CustomGatedUnit node: input {@code X} float [d0, …, 2 N] with free leading dimensions, output {@code Y}
 * float [d0, …, N]. For tests of the op.
 *
 * @param functionBody whether the op is also written in standard operators
 * @param rank of X and Y, at least 1
 */
public record SingleGatedUnitModel(GatedUnitSpec spec, boolean functionBody, int rank) {
    /** The name of the node. */
    public static final String NODE = "gated_unit";

    /** @throws IllegalArgumentException for a rank below 1 */
    public SingleGatedUnitModel {
        if (rank < 1) {
            throw new IllegalArgumentException("rank: found " + rank + ", wanted 1 or more");
        }
    }

    /** The model; it may be changed, such as into one that the op must refuse. */
    public OnnxModel toModel() {
        OnnxModel model = Producer.newModel(CustomGatedUnit.OP_TYPE);
        GraphBuilder graph = new GraphBuilder(model);
        String x = graph.input(Tensors.value(CustomGatedUnit.X.name(), DataType.FLOAT, dims(spec.width())));
        String unit = spec.norm()
                .map(norm -> GatedUnitNodes.addNormed(graph, NODE, x, weight(graph, norm), spec.n(), norm.epsilon()))
                .orElseGet(() -> GatedUnitNodes.add(graph, NODE, spec.n(), x));
        String y = graph.add(OnnxOperator.IDENTITY, CustomGatedUnit.Y.name(), List.of(unit));
        graph.output(Tensors.value(y, DataType.FLOAT, dims(spec.n())));
        if (functionBody) {
            model.functions().add(PortableGatedUnitBody.build(spec.norm().isPresent()));
        }
        return model;
    }

    /** The model file's bytes. */
    public byte[] toBytes() {
        return ModelWriter.toBytes(toModel());
    }

    private static String weight(GraphBuilder graph, RmsNormProblem norm) {
        return graph.initializer(
                Initializer.inline(Tensors.floats("norm_weight", new long[] {norm.n()}, norm.weight())));
    }

    private Object[] dims(int last) {
        Object[] dims = new Object[rank];
        Arrays.setAll(dims, i -> i < rank - 1 ? "d" + i : (Object) last);
        return dims;
    }
}
