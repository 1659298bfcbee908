package io.github.bitnetort.tests.bench;

import io.github.bitnetort.export.ProgressListener;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.NodeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of many nodes of one operator, all from the same X [m, K].
 *
 * @param nodes outputs {@code Y0}, {@code Y1}, ...
 */
record ModelFile(Path path, Contender contender, Shape shape, int nodes) {
    /** Each node has weights of its own: one run reads them all. */
    static ModelFile streamed(Path folder, Contender contender, Shape shape, int nodes) throws IOException {
        OnnxModel model = BenchModels.empty(contender.name());
        GraphBuilder graph = input(model, shape);
        List<Operator.Prepared> weights = new ArrayList<>();
        for (int seed = 0; seed < RandomMatrix.SEEDS; seed++) {
            weights.add(contender.operator().prepare(matrix(contender, shape, seed)));
        }
        for (int i = 0; i < nodes; i++) {
            weights.get(i % RandomMatrix.SEEDS).add(model, graph, "Y" + i, matrix(contender, shape, i));
            output(model, shape, i);
        }
        return write(model, folder.resolve(contender.optionName() + "-" + nodes + ".onnx"), contender, shape, nodes);
    }

    /** All nodes share one node's weights, which so stay in the caches where they fit. */
    static ModelFile shared(Path folder, Contender contender, Shape shape, int nodes) throws IOException {
        OnnxModel model = BenchModels.empty(contender.name());
        GraphBuilder graph = input(model, shape);
        RandomMatrix matrix = matrix(contender, shape, 0);
        contender.operator().prepare(matrix).add(model, graph, "Y0", matrix);
        output(model, shape, 0);
        NodeProto first = model.graph().nodes().get(0);
        for (int i = 1; i < nodes; i++) {
            model.graph()
                    .nodes()
                    .add(first.toBuilder()
                            .setName("Y" + i)
                            .setOutput(0, "Y" + i)
                            .build());
            output(model, shape, i);
        }
        return write(model, folder.resolve(contender.optionName() + "-shared.onnx"), contender, shape, nodes);
    }

    /** The weights of a streamed model's node. */
    RandomMatrix matrix(int node) {
        return matrix(contender, shape, node);
    }

    private static RandomMatrix matrix(Contender contender, Shape shape, int node) {
        return new RandomMatrix(shape, node, contender.isTernary());
    }

    private static GraphBuilder input(OnnxModel model, Shape shape) {
        GraphBuilder graph = new GraphBuilder(model);
        graph.input(Tensors.value("X", DataType.FLOAT, "m", shape.k()));
        return graph;
    }

    private static void output(OnnxModel model, Shape shape, int node) {
        model.graph().outputs().add(Tensors.value("Y" + node, DataType.FLOAT, "m", shape.n()));
    }

    private static ModelFile write(OnnxModel model, Path path, Contender contender, Shape shape, int nodes)
            throws IOException {
        ModelWriter.write(model, path, ModelWriter.Storage.EXTERNAL, ProgressListener.NONE);
        return new ModelFile(path, contender, shape, nodes);
    }
}
