package io.github.bitnetort.export.model;

import io.github.bitnetort.export.EmbeddingType;
import io.github.bitnetort.export.ExportException;
import io.github.bitnetort.export.checkpoint.Checkpoint;
import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.onnx.FunctionProto;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The embedding table and a head that is not ternary: two matrices, or one for both where they are tied. */
final class EmbeddingNodes {
    private static final String WEIGHT = ".weight";
    private static final int INT4_BLOCK = 32;

    private final GraphBuilder graph;
    private final Checkpoint checkpoint;
    private final DenseNodes dense;
    private final EmbeddingType type;
    private final Map<String, MatMulNBitsNodes> tables = new HashMap<>();
    private FunctionProto body;

    EmbeddingNodes(GraphBuilder graph, Checkpoint checkpoint, DenseNodes dense, EmbeddingType type) {
        this.graph = graph;
        this.checkpoint = checkpoint;
        this.dense = dense;
        this.type = type;
    }

    /** Adds the rows of a tensor [n, k] at the ids [batch, seq]: [batch, seq, k]. */
    String lookup(String name, String tensor, String ids) {
        return type == EmbeddingType.F32
                ? graph.add(OnnxOperator.GATHER, name, List.of(dense.tensor(tensor), ids), Attributes.of("axis", 0))
                : table(tensor).rows(name, ids);
    }

    /** Adds the head: x · Wᵀ + bias. */
    String head(String x, Linear.Dense layer) {
        if (type == EmbeddingType.F32) {
            return dense.add(x, layer);
        }
        MatMulNBitsNodes table = table(layer.weight());
        MatMulNBitsSpec spec = spec(layer.weight());
        body = PortableNBitsBody.of(spec.bits(), spec.blockSize());
        return layer.hasBias()
                ? dense.addBias(table.product(layer.module() + "/product", x), layer)
                : table.product(layer.module(), x);
    }

    /** What the head's operator means, where it is one of ours. */
    Optional<FunctionProto> body() {
        return Optional.ofNullable(body);
    }

    private MatMulNBitsNodes table(String tensor) {
        return tables.computeIfAbsent(tensor, key -> {
            MatMulNBitsSpec spec = spec(key);
            String name = key.endsWith(WEIGHT) ? key.substring(0, key.length() - WEIGHT.length()) : key;
            return new MatMulNBitsNodes(
                    graph,
                    name,
                    spec,
                    NBitsTensorData.weights(checkpoint, key, spec),
                    NBitsTensorData.scales(checkpoint, key, spec));
        });
    }

    private MatMulNBitsSpec spec(String tensor) {
        List<Long> shape = checkpoint.info(tensor).shape();
        int n = Math.toIntExact(shape.get(0));
        int k = Math.toIntExact(shape.get(1));
        try {
            return type == EmbeddingType.INT8
                    ? new MatMulNBitsSpec(n, k, 8, 0)
                    : new MatMulNBitsSpec(n, k, 4, INT4_BLOCK);
        } catch (IllegalArgumentException e) {
            throw new ExportException(tensor + " as " + type.label() + ": " + e.getMessage(), e);
        }
    }
}
