package io.github.bitnetort.tests.conformance;

import java.util.function.IntToDoubleFunction;

/** Compares results with the oracle's, by their bits. */
public final class BitDifference {
    private BitDifference() {}

    /**
     * What differs first, or null.
     *
     * @param n the length of a row of Y
     * @param tolerance how far an element may be off, by its index; negative: not by one bit
     */
    public static String of(float[] expected, float[] y, int n, IntToDoubleFunction tolerance) {
        if (y.length != expected.length) {
            return "Y has " + y.length + " elements, wanted " + expected.length;
        }
        for (int i = 0; i < y.length; i++) {
            if (Float.floatToRawIntBits(y[i]) == Float.floatToRawIntBits(expected[i])) {
                continue;
            }
            double allowed = tolerance.applyAsDouble(i);
            if (!(Math.abs((double) y[i] - expected[i]) <= allowed)) {
                return "Y[" + i / n + ", " + i % n + "]: found " + hex(y[i]) + ", wanted " + hex(expected[i])
                        + (allowed >= 0 ? " within " + allowed : "");
            }
        }
        return null;
    }

    private static String hex(float value) {
        return value + String.format(" (%08x)", Float.floatToRawIntBits(value));
    }
}
