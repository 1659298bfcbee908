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
    private final Map<String, HeadMatrix> matrices = new HashMap<>();
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
                : matrix(tensor).rows(name, ids);
    }

    /** Adds the head: x · Wᵀ + bias. */
    String head(String x, Linear.Dense layer) {
        if (type == EmbeddingType.F32) {
            return dense.add(x, layer);
        }
        HeadMatrix matrix = matrix(layer.weight());
        body = type == EmbeddingType.F16 ? PortableF16Body.create() : PortableNBitsBody.of(bits(), blockSize());
        return layer.hasBias()
                ? dense.addBias(matrix.product(layer.module() + "/product", x), layer)
                : matrix.product(layer.module(), x);
    }

    /** What the head's operator means, where it is one of ours. */
    Optional<FunctionProto> body() {
        return Optional.ofNullable(body);
    }

    private HeadMatrix matrix(String tensor) {
        return matrices.computeIfAbsent(tensor, key -> {
            String name = key.endsWith(WEIGHT) ? key.substring(0, key.length() - WEIGHT.length()) : key;
            List<Long> shape = checkpoint.info(key).shape();
            int n = Math.toIntExact(shape.get(0));
            int k = Math.toIntExact(shape.get(1));
            try {
                return type == EmbeddingType.F16 ? f16(key, name, n, k) : nBits(key, name, n, k);
            } catch (IllegalArgumentException e) {
                throw new ExportException(
                        checkpoint.info(key).file() + ": tensor " + key + " as " + type.label() + ": " + e.getMessage(),
                        e);
            }
        });
    }

    private HeadMatrix f16(String tensor, String name, int n, int k) {
        return new MatMulF16Nodes(graph, name, n, k, new F16TensorData(checkpoint, tensor));
    }

    private HeadMatrix nBits(String tensor, String name, int n, int k) {
        MatMulNBitsSpec spec = new MatMulNBitsSpec(n, k, bits(), blockSize());
        NBitsTensorData data = new NBitsTensorData(checkpoint, tensor, spec);
        return new MatMulNBitsNodes(graph, name, spec, data.weights(), data.scales());
    }

    private int bits() {
        return type == EmbeddingType.INT8 ? 8 : 4;
    }

    private int blockSize() {
        return type == EmbeddingType.INT8 ? 0 : INT4_BLOCK;
    }
}
