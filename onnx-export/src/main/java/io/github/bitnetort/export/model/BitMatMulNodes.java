package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.GraphBuilder;
import io.github.bitnetort.export.graph.Initializer;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.TensorData;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.AttributeProto;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.BitMatMulSpec;
import io.github.bitnetort.ops.CustomBitMatMul;
import io.github.bitnetort.ops.ScaleKind;
import java.util.ArrayList;
import java.util.List;

/** Adds CustomBitMatMul nodes with their constants. */
public final class BitMatMulNodes {
    private BitMatMulNodes() {}

    /**
     * Adds a node and its constants {@code <name>.weight}, {@code <name>.scale} and {@code <name>.bias}.
     *
     * @param x the activations, [..., K]
     * @param words packed weights, little-endian, as {@link BitMatMulSpec#layout()} has them
     * @param scale one of the lengths that the contract allows
     * @param bias [N], or null
     * @return the output's name, which is the node's
     */
    public static String add(
            GraphBuilder graph,
            String name,
            BitMatMulSpec spec,
            String x,
            TensorData words,
            float[] scale,
            float[] bias) {
        return add(graph, name, spec, x, words, spec.scaleKind(scale.length), Tensors.data(scale), bias);
    }

    /** The same, with scales of that kind that are made when they are written. */
    static String add(
            GraphBuilder graph,
            String name,
            BitMatMulSpec spec,
            String x,
            TensorData words,
            ScaleKind kind,
            TensorData scale,
            float[] bias) {
        List<String> inputs = new ArrayList<>();
        inputs.add(x);
        inputs.add(graph.initializer(Initializer.streamed(
                name + ".weight",
                DataType.forNumber(CustomBitMatMul.W.type().onnxNumber()),
                spec.layout().shape(),
                words,
                CustomBitMatMul.WEIGHT_ALIGNMENT)));
        inputs.add(floats(graph, name + ".scale", spec.scaleShape(kind), scale));
        if (bias != null) {
            inputs.add(floats(graph, name + ".bias", new long[] {spec.n()}, Tensors.data(bias)));
        }
        return graph.add(
                OnnxOperator.CUSTOM_BIT_MAT_MUL, name, inputs, attributes(spec).toArray(AttributeProto[]::new));
    }

    /** A node's attributes. */
    public static List<AttributeProto> attributes(BitMatMulSpec spec) {
        return List.of(
                Attributes.of(CustomBitMatMul.ATTRIBUTE_K.name(), spec.k()),
                Attributes.of(CustomBitMatMul.ATTRIBUTE_N.name(), spec.n()),
                Attributes.of(CustomBitMatMul.PACKING.name(), spec.packing().onnxName()),
                Attributes.of(
                        CustomBitMatMul.ACTIVATION.name(), spec.activation().onnxName()),
                Attributes.of(CustomBitMatMul.BLOCK_SIZE.name(), spec.blockSize()));
    }

    private static String floats(GraphBuilder graph, String name, long[] shape, TensorData values) {
        return graph.initializer(Initializer.streamed(name, DataType.FLOAT, shape, values, Initializer.PAGE));
    }
}
