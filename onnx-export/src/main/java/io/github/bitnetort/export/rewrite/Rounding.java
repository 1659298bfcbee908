package io.github.bitnetort.export.rewrite;

import io.github.bitnetort.export.onnx.TensorProto.DataType;

/**
 * Rounding to the floating point types of at most 32 bits. Sums, products, quotients and roots of such numbers, computed
 * in binary64 and rounded once, are what the type's own arithmetic gives.
 */
final class Rounding {
    private Rounding() {}

    /** The nearest number of the type, ties to even. */
    static float toType(DataType type, double value) {
        float single = (float) value;
        return switch (type) {
            case BFLOAT16 -> bfloat16(single);
            case FLOAT16 -> float16(single);
            default -> single;
        };
    }

    private static float bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            return value;
        }
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }

    private static float float16(float value) {
        float magnitude = Math.abs(value);
        if (!(magnitude < 65520f)) {
            return Float.isNaN(value) ? value : Math.copySign(Float.POSITIVE_INFINITY, value);
        }
        // Adding and subtracting a power of two drops the bits below the type's last place.
        float last = magnitude < 0x1p-14f ? 0x1p-24f : Math.scalb(1f, Math.getExponent(magnitude) - 10);
        return Math.copySign((float) (Math.rint(magnitude / (double) last) * last), value);
    }

    /**
     * How far, relative to the scale, values of a type may lie from a ternary weight and still be it: room for the
     * rounding of w + (quantized(w) − w), which exporters of models in training leave in graphs.
     */
    static double tolerance(DataType type) {
        return switch (type) {
            case FLOAT16 -> 0x1p-9;
            case BFLOAT16 -> 0x1p-6;
            default -> 0x1p-17;
        };
    }
}
