package io.github.bitnetort.tests.bench.attention;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.model.CustomAttentionNodes;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.natives.GroupQueryAttention;
import io.github.bitnetort.ops.GroupQueryAttentionSpec;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.List;
import java.util.Map;

/** An operator that rotates, appends to its cache and attends. Both read queries, keys and values side by side. */
enum AttentionContender {
    CUSTOM(OnnxOperator.CUSTOM_GROUP_QUERY_ATTENTION, DataType.INT64, "total", "padding") {
        @Override
        void add(GraphBuilder graph, AttentionNode node, GroupQueryAttentionSpec spec) {
            List<String> inputs = List.of(
                    AttentionModel.QUERY,
                    node.pastKey(),
                    node.pastValue(),
                    "total",
                    "padding",
                    AttentionModel.COS,
                    AttentionModel.SIN);
            CustomAttentionNodes.add(graph, node.y(), spec, inputs, node.presentKey(), node.presentValue());
        }

        @Override
        Map<String, OnnxTensor> lengths(Chunk chunk) throws OrtException {
            return Map.of("total", longs(chunk.total()), "padding", longs(0));
        }

        @Override
        String kernel() {
            return GroupQueryAttention.KERNELS.chosen(null).name();
        }
    },

    ORT(OnnxOperator.GROUP_QUERY_ATTENTION, DataType.INT32, "seqlens_k", "total_sequence_length") {
        @Override
        void add(GraphBuilder graph, AttentionNode node, GroupQueryAttentionSpec spec) {
            List<String> inputs = List.of(
                    AttentionModel.QUERY,
                    "",
                    "",
                    node.pastKey(),
                    node.pastValue(),
                    "seqlens_k",
                    "total_sequence_length",
                    AttentionModel.COS,
                    AttentionModel.SIN);
            graph.add(
                    OnnxOperator.GROUP_QUERY_ATTENTION,
                    node.y(),
                    inputs,
                    List.of(node.y(), node.presentKey(), node.presentValue()),
                    Attributes.of("num_heads", spec.heads()),
                    Attributes.of("kv_num_heads", spec.kvHeads()),
                    Attributes.of("do_rotary", 1));
        }

        @Override
        Map<String, OnnxTensor> lengths(Chunk chunk) throws OrtException {
            return Map.of("seqlens_k", ints(chunk.total() - 1), "total_sequence_length", ints(chunk.total()));
        }

        @Override
        String kernel() {
            return "ONNX Runtime's";
        }
    };

    private final OnnxOperator operator;
    private final DataType lengthType;
    private final List<String> lengthNames;

    AttentionContender(OnnxOperator operator, DataType lengthType, String... lengthNames) {
        this.operator = operator;
        this.lengthType = lengthType;
        this.lengthNames = List.of(lengthNames);
    }

    String title() {
        return operator.opType();
    }

    /** Declares the inputs that say how many columns there are. */
    void declareLengths(GraphBuilder graph) {
        lengthNames.forEach(name -> graph.input(Tensors.value(name, lengthType, 1)));
    }

    /** Adds a node. */
    abstract void add(GraphBuilder graph, AttentionNode node, GroupQueryAttentionSpec spec);

    /** What the declared inputs get; the caller closes them. */
    abstract Map<String, OnnxTensor> lengths(Chunk chunk) throws OrtException;

    /** The kernel that runs. */
    abstract String kernel();

    private static OnnxTensor longs(long value) throws OrtException {
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), LongBuffer.wrap(new long[] {value}), new long[] {1});
    }

    private static OnnxTensor ints(int value) throws OrtException {
        return OnnxTensor.createTensor(
                OrtEnvironment.getEnvironment(), IntBuffer.wrap(new int[] {value}), new long[] {1});
    }
}
