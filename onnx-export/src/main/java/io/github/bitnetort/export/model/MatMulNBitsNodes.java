package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.CustomMatMulNBits;
import io.github.bitnetort.ops.MatMulNBitsSpec;
import java.util.List;

/**
 * A matrix of 8-bit or 4-bit weights in a graph, once, and what is made of it: CustomMatMulNBits nodes, and look-ups of
 * its rows for an embedding that is tied to the head.
 */
public final class MatMulNBitsNodes implements HeadMatrix {
    private final GraphBuilder graph;
    private final MatMulNBitsSpec spec;
    private final String weight;
    private final String scale;

    /**
     * Adds the initializers {@code <name>.weight} and {@code <name>.scale}.
     *
     * @param weights [N, K · bits / 8] and scales [N, blocks], little-endian floats
     */
    public MatMulNBitsNodes(
            GraphBuilder graph, String name, MatMulNBitsSpec spec, TensorData weights, TensorData scales) {
        this.graph = graph;
        this.spec = spec;
        this.weight = graph.initializer(Initializer.streamed(
                name + ".weight",
                DataType.forNumber(CustomMatMulNBits.W.type().onnxNumber()),
                spec.weightShape(),
                weights,
                CustomBitMatMul.WEIGHT_ALIGNMENT));
        this.scale = graph.initializer(
                Initializer.streamed(name + ".scale", DataType.FLOAT, spec.scaleShape(), scales, Initializer.PAGE));
    }

    /**
     * Adds Y = X · Wᵀ.
     *
     * @param x the activations, float32 [..., K]
     * @return the output's name, which is the node's; float32 [..., N]
     */
    @Override
    public String product(String name, String x) {
        return graph.add(
                OnnxOperator.CUSTOM_MAT_MUL_N_BITS,
                name,
                List.of(x, weight, scale),
                Attributes.of(CustomMatMulNBits.ATTRIBUTE_K.name(), spec.k()),
                Attributes.of(CustomMatMulNBits.ATTRIBUTE_N.name(), spec.n()),
                Attributes.of(CustomMatMulNBits.BITS.name(), spec.bits()),
                Attributes.of(CustomMatMulNBits.BLOCK_SIZE.name(), spec.blockSize()));
    }

    /**
     * Adds the rows of W at some indices, dequantized, in standard operators of opset 18: Gather reads the rows that are
     * asked for where they lie, and only those are unpacked.
     *
     * @param indices int64 [..., M], at least one axis
     * @return the name of the rows; float32 [..., M, K]
     */
    @Override
    public String rows(String name, String indices) {
        String stored = graph.add(OnnxOperator.GATHER, name + "/stored", List.of(weight, indices));
        String units = graph.add(OnnxOperator.GATHER, name + "/units", List.of(scale, indices));
        if (spec.bits() == 4) {
            stored = nibbles(name, stored, indices);
        }
        String floats = graph.add(OnnxOperator.CAST, name + "/floats", List.of(stored), Attributes.to(DataType.FLOAT));
        String weights =
                graph.add(OnnxOperator.SUB, name + "/weights", List.of(floats, graph.scalar((float) spec.zeroPoint())));
        if (spec.blockSize() == 0) {
            return graph.add(OnnxOperator.MUL, name, List.of(weights, units));
        }
        String blocks = reshape(name + "/blocks", weights, indices, spec.blocks(), spec.blockSize());
        String unit = graph.add(OnnxOperator.UNSQUEEZE, name + "/block_units", List.of(units, graph.list(-1)));
        String scaled = graph.add(OnnxOperator.MUL, name + "/scaled", List.of(blocks, unit));
        return reshape(name, scaled, indices, spec.k());
    }

    /** Bytes [..., M, K / 2] to numbers [..., M, K], the lower four bits first. */
    private String nibbles(String name, String bytes, String indices) {
        String even =
                graph.add(OnnxOperator.BITWISE_AND, name + "/even", List.of(bytes, uint8(name + "/mask", (byte) 15)));
        String odd = graph.add(
                OnnxOperator.BIT_SHIFT,
                name + "/odd",
                List.of(bytes, uint8(name + "/shift", (byte) 4)),
                Attributes.of("direction", "RIGHT"));
        String axis = graph.list(-1);
        String pairs = graph.add(
                OnnxOperator.CONCAT,
                name + "/pairs",
                List.of(
                        graph.add(OnnxOperator.UNSQUEEZE, name + "/even_column", List.of(even, axis)),
                        graph.add(OnnxOperator.UNSQUEEZE, name + "/odd_column", List.of(odd, axis))),
                Attributes.of("axis", -1));
        return reshape(name + "/nibbles", pairs, indices, spec.k());
    }

    /** To the dimensions of the indices and then these. */
    private String reshape(String name, String value, String indices, long... dims) {
        String leading = graph.add(OnnxOperator.SHAPE, name + "_leading", List.of(indices));
        String shape = graph.add(
                OnnxOperator.CONCAT, name + "_shape", List.of(leading, graph.list(dims)), Attributes.of("axis", 0));
        return graph.add(OnnxOperator.RESHAPE, name, List.of(value, shape), Attributes.of("allowzero", 1));
    }

    private String uint8(String name, byte value) {
        return graph.initializer(Initializer.inline(Tensors.bytes(name, new long[0], value)));
    }
}
