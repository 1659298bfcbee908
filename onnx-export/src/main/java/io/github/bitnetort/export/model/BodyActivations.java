package io.github.bitnetort.export.model;

import static io.github.bitnetort.export.graph.OnnxOperator.ABS;
import static io.github.bitnetort.export.graph.OnnxOperator.CAST;
import static io.github.bitnetort.export.graph.OnnxOperator.CLIP;
import static io.github.bitnetort.export.graph.OnnxOperator.LESS;
import static io.github.bitnetort.export.graph.OnnxOperator.MUL;
import static io.github.bitnetort.export.graph.OnnxOperator.RECIPROCAL;
import static io.github.bitnetort.export.graph.OnnxOperator.REDUCE_MAX;
import static io.github.bitnetort.export.graph.OnnxOperator.REDUCE_MAX_13;
import static io.github.bitnetort.export.graph.OnnxOperator.ROUND;
import static io.github.bitnetort.export.graph.OnnxOperator.SLICE;
import static io.github.bitnetort.export.graph.OnnxOperator.WHERE;

import io.github.bitnetort.export.graph.Attributes;
import io.github.bitnetort.export.graph.FunctionBuilder;
import io.github.bitnetort.export.onnx.TensorProto.DataType;
import java.util.List;

/** The part of the portable body that quantizes activations along their last axis. */
final class BodyActivations {
    private static final float SMALLEST_ABSMAX = 1e-5f;
    private static final float LARGEST_INT8 = 127;

    private final FunctionBuilder body;
    private final BodyValues values;

    /**
     * Quantized activations.
     *
     * @param values int8, or whole numbers as floats
     * @param unit 1 / s, what a unit is worth; the last axis has length 1
     */
    record Quantized(String values, String unit) {}

    BodyActivations(FunctionBuilder body, BodyValues values) {
        this.body = body;
        this.values = values;
    }

    /** s = (1 / max(absmax, 1e-5)) * 127 and clamp(rint(x * s), -127, 127). */
    Quantized int8(String x) {
        Quantized rounded = rounded(x, SMALLEST_ABSMAX, LARGEST_INT8);
        String clamped = body.add(
                CLIP, "x_clamped", List.of(rounded.values, values.scalar(-LARGEST_INT8), values.scalar(LARGEST_INT8)));
        return new Quantized(int8("q", clamped), rounded.unit);
    }

    /**
     * s = (1 / max(absmax, smallest)) * largest and rint(x * s), in floats. Div would be folded into largest / x.
     *
     * @param x [..., K]
     */
    Quantized rounded(String x, float smallest, float largest) {
        String magnitudes = body.add(ABS, "magnitudes", List.of(x));
        String absmax = values.isModern()
                ? body.add(REDUCE_MAX, "absmax", List.of(magnitudes, values.list(-1)), Attributes.of("keepdims", 1))
                : body.add(
                        REDUCE_MAX_13,
                        "absmax",
                        List.of(magnitudes),
                        Attributes.of("axes", new long[] {-1}),
                        Attributes.of("keepdims", 1));
        // ONNX Runtime leaves the axis as it is where there are no rows at all, so it is cut to one here.
        String one = body.add(SLICE, "absmax_column", List.of(absmax, values.list(0), values.list(1), values.list(-1)));
        String clipped = body.add(CLIP, "absmax_clipped", List.of(one, values.scalar(smallest)));
        String reciprocal = body.add(RECIPROCAL, "absmax_reciprocal", List.of(clipped));
        String s = body.add(MUL, "s", List.of(reciprocal, values.scalar(largest)));
        String scaled = body.add(MUL, "x_scaled", List.of(x, s));
        return new Quantized(body.add(ROUND, "x_rounded", List.of(scaled)), body.add(RECIPROCAL, "unit", List.of(s)));
    }

    /** -1 below zero, else +1. The choice is made among floats: runtimes lack Where on int8. */
    String sign(String x) {
        String negative = body.add(LESS, "is_negative", List.of(x, values.scalar(0)));
        return int8("q", body.add(WHERE, "signs", List.of(negative, values.scalar(-1), values.scalar(1))));
    }

    private String int8(String name, String floats) {
        return body.add(CAST, name, List.of(floats), Attributes.to(DataType.INT8));
    }
}
