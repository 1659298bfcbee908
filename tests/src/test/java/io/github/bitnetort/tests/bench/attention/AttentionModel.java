package io.github.bitnetort.tests.bench.attention;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.ModelWriter;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import io.github.bitnetort.tests.bench.BenchModels;

/** Many nodes of one operator, all from the same query, each with a cache of its own. */
record AttentionModel(AttentionContender contender, GroupQueryAttentionProblem problem, int nodes) {
    static final String QUERY = "query";
    static final String COS = "cos";
    static final String SIN = "sin";

    byte[] toBytes() {
        GroupQueryAttentionSpec spec = problem.spec();
        OnnxModel model = BenchModels.empty(contender.title());
        GraphBuilder graph = new GraphBuilder(model);
        graph.input(Tensors.value(QUERY, DataType.FLOAT, 1, "tokens", spec.joinedWidth()));
        contender.declareLengths(graph);
        table(graph, COS, problem.cos());
        table(graph, SIN, problem.sin());
        for (int i = 0; i < nodes; i++) {
            AttentionNode node = new AttentionNode(i);
            graph.input(cache(node.pastKey()));
            graph.input(cache(node.pastValue()));
            contender.add(graph, node, spec);
            graph.output(Tensors.value(node.y(), DataType.FLOAT, 1, "tokens", spec.queryWidth()));
            graph.output(cache(node.presentKey()));
            graph.output(cache(node.presentValue()));
        }
        return ModelWriter.toBytes(model);
    }

    private ValueInfoProto cache(String name) {
        GroupQueryAttentionSpec spec = problem.spec();
        return Tensors.value(name, DataType.FLOAT, 1, spec.kvHeads(), "columns", spec.headDim());
    }

    private void table(GraphBuilder graph, String name, float[] values) {
        long[] dims = {problem.positions(), problem.spec().headDim() / 2};
        graph.initializer(Initializer.inline(Tensors.floats(name, dims, values)));
    }
}
