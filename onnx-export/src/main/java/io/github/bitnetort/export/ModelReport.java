package io.github.bitnetort.export;

import io.github.bitnetort.ops.BitMatMulSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is in a model.
 *
 * @param file the model file
 * @param fileBytes its size
 * @param dataBytes sizes of its external data files together
 * @param opsets operator set versions by domain, "" being ONNX's own
 * @param portableBody whether CustomBitMatMul is also written in standard operators
 * @param operators how many nodes there are of each type, without those of functions
 * @param nodes the CustomBitMatMul nodes in their order
 * @param others the initializers that none of those nodes has, the largest first
 */
public record ModelReport(
        Path file,
        long fileBytes,
        long dataBytes,
        String producer,
        long irVersion,
        Map<String, Long> opsets,
        Map<String, String> metadata,
        boolean portableBody,
        Map<String, Integer> operators,
        List<Node> nodes,
        List<Tensor> others) {
    /**
     * A CustomBitMatMul node.
     *
     * @param packedBytes of its weights
     * @param floatBytes of its scale and bias
     */
    public record Node(
            String name, BitMatMulSpec spec, long packedBytes, long floatBytes, boolean bias, WeightCounts weights) {}

    /**
     * A constant that is not ternary.
     *
     * @param type ONNX's name of the element type
     * @param usedBy types of the operators that read it
     */
    public record Tensor(String name, String type, List<Long> dims, long bytes, List<String> usedBy) {}

    /** Bytes of packed weights. */
    public long packedBytes() {
        return nodes.stream().mapToLong(Node::packedBytes).sum();
    }

    /** Bytes of all constants. */
    public long constantBytes() {
        return packedBytes()
                + nodes.stream().mapToLong(Node::floatBytes).sum()
                + others.stream().mapToLong(Tensor::bytes).sum();
    }

    /** The share of packed weights in the bytes of all constants, 0..1. */
    public double packedShare() {
        return constantBytes() == 0 ? 0 : (double) packedBytes() / constantBytes();
    }
}
