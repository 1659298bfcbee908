package io.github.bitnetort.export;

import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxModel;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.CustomAttentionNodes;
import io.github.bitnetort.export.model.PortableAttentionBody;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.export.onnx.ValueInfoProto;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.CustomGroupQueryAttention;
import io.github.bitnetort.ops.GroupQueryAttentionProblem;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of one CustomGroupQueryAttention node, whose inputs and outputs are the op's own but for the tables, which are
 * constants. For tests of the op.
 *
 * @param joined whether {@code query} holds keys and values too
 * @param functionBody whether the op is also written in standard operators
 */
public record SingleAttentionModel(GroupQueryAttentionProblem problem, boolean joined, boolean functionBody)
        implements SingleOpModel {
    /** The name of the node, and of its first output. */
    public static final String NODE = CustomGroupQueryAttention.Y.name();

    @Override
    public OnnxModel toModel() {
        OnnxModel model = Producer.newModel(CustomGroupQueryAttention.OP_TYPE);
        GraphBuilder graph = new GraphBuilder(model);
        GroupQueryAttentionSpec spec = problem.spec();
        int queryWidth = joined ? spec.joinedWidth() : spec.queryWidth();
        List<String> inputs = new ArrayList<>();
        inputs.add(floats(graph, CustomGroupQueryAttention.QUERY, "batch", "tokens", queryWidth));
        inputs.add(graph.input(cache(CustomGroupQueryAttention.PAST_KEY, "past")));
        inputs.add(graph.input(cache(CustomGroupQueryAttention.PAST_VALUE, "past")));
        inputs.add(graph.input(Tensors.value(CustomGroupQueryAttention.TOTAL.name(), DataType.INT64, 1)));
        inputs.add(graph.input(Tensors.value(CustomGroupQueryAttention.PADDING.name(), DataType.INT64, "batch")));
        inputs.add(table(graph, CustomGroupQueryAttention.COS, problem.cos()));
        inputs.add(table(graph, CustomGroupQueryAttention.SIN, problem.sin()));
        if (!joined) {
            inputs.add(floats(graph, CustomGroupQueryAttention.KEY, "batch", "tokens", spec.kvWidth()));
            inputs.add(floats(graph, CustomGroupQueryAttention.VALUE, "batch", "tokens", spec.kvWidth()));
        }
        CustomAttentionNodes.add(
                graph,
                NODE,
                spec,
                inputs,
                CustomGroupQueryAttention.PRESENT_KEY.name(),
                CustomGroupQueryAttention.PRESENT_VALUE.name());
        graph.output(Tensors.value(NODE, DataType.FLOAT, "batch", "tokens", spec.queryWidth()));
        graph.output(cache(CustomGroupQueryAttention.PRESENT_KEY, "present"));
        graph.output(cache(CustomGroupQueryAttention.PRESENT_VALUE, "present"));
        if (functionBody) {
            model.functions().add(PortableAttentionBody.build(joined));
        }
        return model;
    }

    private static String floats(GraphBuilder graph, CustomBitMatMul.Tensor tensor, Object... dims) {
        return graph.input(Tensors.value(tensor.name(), DataType.FLOAT, dims));
    }

    private ValueInfoProto cache(CustomBitMatMul.Tensor tensor, String columns) {
        GroupQueryAttentionSpec spec = problem.spec();
        return Tensors.value(tensor.name(), DataType.FLOAT, "batch", spec.kvHeads(), columns, spec.headDim());
    }

    private String table(GraphBuilder graph, CustomBitMatMul.Tensor tensor, float[] table) {
        long[] dims = {problem.positions(), problem.spec().headDim() / 2};
        return graph.initializer(Initializer.inline(Tensors.floats(tensor.name(), dims, table)));
    }
}
