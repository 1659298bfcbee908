package io.github.bitnetort.export.model;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.graph.OnnxOperator;
import io.github.bitnetort.export.graph.Tensors;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import io.github.bitnetort.ops.CustomBitMatMul;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;

/** Constants of a portable body: each is made once, and attributes come from the calling node. */
final class BodyValues {
    private final FunctionBuilder body;
    private final boolean bitwise;
    private final Set<String> made = new HashSet<>();

    BodyValues(FunctionBuilder body, long onnxOpset) {
        this.body = body;
        this.bitwise = onnxOpset >= OnnxOperator.BITWISE_AND.sinceVersion();
    }

    /** Whether the operator set is one with operators on bits, and with axes that are inputs. */
    boolean isModern() {
        return bitwise;
    }

    /** The lowest bits of integers that are not negative: what is left after division by a power of two. */
    String lowBits(String name, String integers, int bits, LongFunction<String> constant) {
        return bitwise
                ? body.add(OnnxOperator.BITWISE_AND, name, List.of(integers, constant.apply((1L << bits) - 1)))
                : body.add(OnnxOperator.MOD, name, List.of(integers, constant.apply(1L << bits)));
    }

    /** K as a list of one. */
    String k() {
        return attribute(CustomBitMatMul.ATTRIBUTE_K.name());
    }

    /** N as a list of one. */
    String n() {
        return attribute(CustomBitMatMul.ATTRIBUTE_N.name());
    }

    /** A list of int64. */
    String list(long... values) {
        StringBuilder name = new StringBuilder("list");
        for (long value : values) {
            name.append('_').append(value);
        }
        return once(name.toString(), key -> body.constant(Tensors.longs(key, new long[] {values.length}, values)));
    }

    /** An int64 scalar. */
    String integer(long value) {
        return once("integer_" + value, key -> body.constant(Tensors.longs(key, new long[0], value)));
    }

    /** A scalar. */
    String scalar(float value) {
        return once("float_" + value, key -> body.constant(Tensors.floats(key, new long[0], value)));
    }

    /** An int32, as a list of one. */
    String int32(long value) {
        return once(
                "int32_" + value,
                key -> body.add(OnnxOperator.CAST, key, List.of(list(value)), Attributes.to(DataType.INT32)));
    }

    /** An integer attribute as a list of one. */
    String attribute(String attribute) {
        return once(attribute + "_list", key -> {
            String scalar = body.intAttribute(attribute + "_scalar", attribute);
            return body.add(OnnxOperator.UNSQUEEZE, key, List.of(scalar, list(0)));
        });
    }

    /** What the maker makes of that name, or made before. */
    String once(String name, UnaryOperator<String> maker) {
        return made.add(name) ? maker.apply(name) : name;
    }
}
