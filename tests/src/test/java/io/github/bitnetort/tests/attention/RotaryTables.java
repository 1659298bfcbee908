package io.github.bitnetort.tests.attention;

import java.util.function.DoubleUnaryOperator;

/** Cosines and sines of the angles of positions, [positions, headDim / 2], theta 10000. */
public final class RotaryTables {
    private RotaryTables() {}

    public static float[] cos(int positions, int headDim) {
        return table(positions, headDim / 2, StrictMath::cos);
    }

    public static float[] sin(int positions, int headDim) {
        return table(positions, headDim / 2, StrictMath::sin);
    }

    private static float[] table(int positions, int half, DoubleUnaryOperator function) {
        float[] table = new float[positions * half];
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) function.applyAsDouble(i / half * Math.pow(10000, -(i % half) / (double) half));
        }
        return table;
    }
}
