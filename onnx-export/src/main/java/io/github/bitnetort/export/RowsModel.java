package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The graph of a {@link SingleOpModel} of an op from rows X to rows Y.
 *
 * @param opType the model's name
 * @param rank of X and Y, whose leading dimensions are free
 * @param inputWidth the last dimension of X
 * @param outputWidth the last dimension of Y
 */
record RowsModel(String opType, int rank, int inputWidth, int outputWidth) {
    /** @param node adds the node to the graph, by X's name, and gives its output's */
    OnnxModel with(BiFunction<GraphBuilder, String, String> node) {
        OnnxModel model = Producer.newModel(opType);
        GraphBuilder graph = new GraphBuilder(model);
        String x = graph.input(Tensors.value("X", DataType.FLOAT, dims(inputWidth)));
        String y = graph.add(OnnxOperator.IDENTITY, "Y", List.of(node.apply(graph, x)));
        graph.output(Tensors.value(y, DataType.FLOAT, dims(outputWidth)));
        return model;
    }

    /** @throws IllegalArgumentException for a rank below 1 */
    static void requireRank(int rank) {
        if (rank < 1) {
            throw new IllegalArgumentException("rank: found " + rank + ", wanted 1 or more");
        }
    }

    private Object[] dims(int last) {
        Object[] dims = new Object[rank];
        Arrays.setAll(dims, i -> i < rank - 1 ? "d" + i : (Object) last);
        return dims;
    }
}
