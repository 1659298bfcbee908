package io.github.bitnetort.tests.conformance;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Compares results with the oracle's, by their bits. */
public final class BitDifference {
    private static final int REPORTED = 8;

    private BitDifference() {}

    /**
     * How many elements differ and which is the first, or null.
     *
     * @param name of the output, for the message
     * @param n the length of a row of it
     * @param tolerance how far an element may be off, by its index; negative: not by one bit
     */
    public static String of(String name, float[] expected, float[] y, int n, IntToDoubleFunction tolerance) {
        if (y.length != expected.length) {
            return name + " has " + y.length + " elements, wanted " + expected.length;
        }
        int[] wrong = IntStream.range(0, y.length)
                .filter(i -> Float.floatToRawIntBits(y[i]) != Float.floatToRawIntBits(expected[i]))
                .filter(i -> !(Math.abs((double) y[i] - expected[i]) <= tolerance.applyAsDouble(i)))
                .toArray();
        if (wrong.length == 0) {
            return null;
        }
        int i = wrong[0];
        double allowed = tolerance.applyAsDouble(i);
        return wrong.length + " of " + y.length + " elements, first " + name + "[" + i / n + ", " + i % n + "]: found "
                + hex(y[i]) + ", wanted " + hex(expected[i]) + (allowed >= 0 ? " within " + allowed : "")
                + ", indices " + Arrays.toString(Arrays.copyOf(wrong, Math.min(wrong.length, REPORTED)));
    }

    private static String hex(float value) {
        return value + String.format(" (%08x)", Float.floatToRawIntBits(value));
    }
}
