package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScalarRmsNormTest {
    private static final float EPSILON = 1e-5f;

    @Test
    void aRowIsDividedByTheRootOfItsMeanSquare() {
        float[] weight = weights(32);
        float[] x = RandomProblems.floats(3 * 32, new Random(5));
        float[] y = new float[x.length];
        ScalarRmsNorm.compute(new RmsNormProblem(EPSILON, weight), x, 3, y);
        for (int i = 0; i < x.length; i++) {
            double squares = 0;
            for (int k = i / 32 * 32; k < i / 32 * 32 + 32; k++) {
                squares += (double) x[k] * x[k];
            }
            assertEquals(x[i] / Math.sqrt(squares / 32 + EPSILON) * weight[i % 32], y[i], 1e-6);
        }
    }

    /** Added one after the other, all ones would be lost beside 2^24; of lanes only that of 2^24 loses its own. */
    @Test
    void sumsAreMadeByLanes() {
        float[] ones = new float[32];
        Arrays.fill(ones, 1);
        float[] x = ones.clone();
        x[0] = 4096;
        float[] y = new float[32];
        ScalarRmsNorm.compute(new RmsNormProblem(EPSILON, ones), x, 1, y);
        float mean = (16777216f + 30) / 32;
        assertEquals(1 / (float) Math.sqrt(mean + EPSILON), y[1]);
    }

    @Test
    void zerosKeepTheirSigns() {
        float[] x = new float[16];
        x[1] = -0f;
        float[] weight = weights(16);
        float[] y = new float[16];
        ScalarRmsNorm.compute(new RmsNormProblem(EPSILON, weight), x, 1, y);
        for (int i = 0; i < 16; i++) {
            assertEquals(Float.floatToRawIntBits(x[i] * weight[i]), Float.floatToRawIntBits(y[i]));
        }
    }

    @Test
    void whatIsNotFiniteTouchesItsOwnRow() {
        float[] x = new float[48];
        Arrays.fill(x, 1);
        x[3] = Float.intBitsToFloat(0xffc12345);
        x[20] = Float.NEGATIVE_INFINITY;
        float[] ones = new float[16];
        Arrays.fill(ones, 1);
        float[] y = new float[48];
        ScalarRmsNorm.compute(new RmsNormProblem(EPSILON, ones), x, 3, y);
        for (int i = 0; i < 16; i++) {
            assertEquals(0x7fc00000, Float.floatToRawIntBits(y[i]));
            assertEquals(i == 4 ? 0x7fc00000 : 0, Float.floatToRawIntBits(y[16 + i]));
            assertEquals(1 / (float) Math.sqrt(1 + EPSILON), y[32 + i]);
        }
    }

    @Test
    void squaresThatOverflowGiveZeros() {
        float[] x = new float[16];
        Arrays.fill(x, 1e20f);
        float[] y = new float[16];
        ScalarRmsNorm.compute(new RmsNormProblem(EPSILON, weights(16)), x, 1, y);
        assertArrayEquals(new float[16], y, 0f);
    }

    @ParameterizedTest
    @CsvSource({"0, 1e-5, N: found 0", "24, 1e-5, multiple of 16", "16, 0, epsilon: found 0.0", "16, NaN, epsilon"})
    void whatIsNoProblemIsRefused(int n, float epsilon, String says) {
        var error = assertThrows(IllegalArgumentException.class, () -> new RmsNormProblem(epsilon, new float[n]));
        assertTrue(error.getMessage().contains(says), error.getMessage());
    }

    @Test
    void weightsMustBeFinite() {
        float[] weight = weights(16);
        weight[7] = Float.NaN;
        var error = assertThrows(IllegalArgumentException.class, () -> new RmsNormProblem(EPSILON, weight));
        assertTrue(error.getMessage().contains("found NaN at element 7"), error.getMessage());
    }

    private static float[] weights(int n) {
        float[] weight = new float[n];
        for (int i = 0; i < n; i++) {
            weight[i] = 1 + i / 16f;
        }
        return weight;
    }
}
