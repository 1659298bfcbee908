package io.github.bitnetort.export.model;

import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Floating point weights of the checkpoint and the products with them; each tensor is stored once, however used. */
final class DenseNodes {
    private final GraphBuilder graph;
    private final Checkpoint checkpoint;
    private final Map<String, String> tensors = new HashMap<>();

    DenseNodes(GraphBuilder graph, Checkpoint checkpoint) {
        this.graph = graph;
        this.checkpoint = checkpoint;
    }

    /** The initializer that holds a tensor of the checkpoint as float32, under the checkpoint's name. */
    String tensor(String name) {
        return tensors.computeIfAbsent(name, key -> {
            long[] dims = checkpoint.info(key).shape().stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            return graph.initializer(Initializer.streamed(
                    key, DataType.FLOAT, dims, new FloatTensorData(checkpoint, key), Initializer.PAGE));
        });
    }

    /**
     * x · Wᵀ + bias, computed as (W · xᵀ)ᵀ. With the weights on the left they are used where they lie: ONNX Runtime
     * repacks constants on the right into anonymous memory, which would double a head that is the embedding too.
     */
    String add(String x, Linear.Dense layer) {
        String name = layer.module();
        String rows = graph.add(OnnxOperator.RESHAPE, name + "/rows", List.of(x, graph.list(-1, layer.k())));
        String columns = graph.add(OnnxOperator.TRANSPOSE, name + "/columns", List.of(rows), swap());
        String product = graph.add(OnnxOperator.MAT_MUL, name + "/MatMul", List.of(tensor(layer.weight()), columns));
        String turned = graph.add(OnnxOperator.TRANSPOSE, name + "/turned", List.of(product), swap());
        String leading = graph.add(
                OnnxOperator.SHAPE, name + "/leading", List.of(x), Attributes.of("start", 0), Attributes.of("end", -1));
        String shape = graph.add(
                OnnxOperator.CONCAT,
                name + "/shape",
                List.of(leading, graph.list(layer.n())),
                Attributes.of("axis", 0));
        if (layer.bias() == null) {
            return graph.add(OnnxOperator.RESHAPE, name, List.of(turned, shape), Attributes.of("allowzero", 1));
        }
        String shaped = graph.add(
                OnnxOperator.RESHAPE, name + "/shaped", List.of(turned, shape), Attributes.of("allowzero", 1));
        return addBias(shaped, layer);
    }

    /** Adds a layer's bias to its product, under the layer's name. */
    String addBias(String product, Linear.Dense layer) {
        String name = layer.module();
        String bias = graph.initializer(Initializer.streamed(
                name + ".bias", DataType.FLOAT, new long[] {layer.n()}, Tensors.data(layer.bias()), Initializer.PAGE));
        return graph.add(OnnxOperator.ADD, name, List.of(product, bias));
    }

    private static AttributeProto swap() {
        return Attributes.of("perm", new long[] {1, 0});
    }
}
