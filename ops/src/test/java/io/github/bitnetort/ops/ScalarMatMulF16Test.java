package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScalarMatMulF16Test {
    private static MatMulF16Problem problem(int n, float... weights) {
        short[] halves = new short[weights.length];
        for (int i = 0; i < weights.length; i++) {
            halves[i] = Float16.fromFloat(weights[i]);
        }
        return new MatMulF16Problem(n, weights.length / n, halves);
    }

    private static float[] compute(MatMulF16Problem problem, float... x) {
        int m = x.length / problem.k();
        float[] y = new float[m * problem.n()];
        ScalarMatMulF16.compute(problem, x, m, y);
        return y;
    }

    private static float[] repeated(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    private static void assertBits(int wanted, float found) {
        assertEquals(Integer.toHexString(wanted), Integer.toHexString(Float.floatToRawIntBits(found)));
    }

    /** The worked example of the contract. */
    @Test
    void theExample() {
        short[] weights = new short[18];
        Arrays.fill(weights, Float16.fromFloat(1));
        weights[0] = 1;
        weights[16] = 0x3555;
        assertBits(0x4243ffc0, compute(new MatMulF16Problem(1, 18, weights), repeated(18, 3))[0]);
    }

    /** 1 + 2^-10 squared has 21 bits: with the product rounded on its own, the difference would be a multiple of 2^-23. */
    @Test
    void productsAreNotRounded() {
        float[] w = new float[32];
        float[] x = new float[32];
        w[0] = 1;
        x[0] = -1 - 0x1p-9f;
        w[16] = 1 + 0x1p-10f;
        x[16] = 1 + 0x1p-10f + 0x1p-23f;
        assertEquals(0x1p-20f + 0x1p-23f + 0x1p-33f, compute(problem(1, w), x)[0]);
    }

    /** 2^24 + 1 is 2^24: where a 1 survives shows who was added to whom, and when. */
    @Test
    void sumsAreAddedAsATree() {
        float[] x = new float[16];
        x[0] = 0x1p24f;
        x[8] = -0x1p24f;
        x[4] = 1;
        assertEquals(1, compute(problem(1, repeated(16, 1)), x)[0]);
        x[8] = 1;
        x[4] = -0x1p24f;
        assertEquals(0, compute(problem(1, repeated(16, 1)), x)[0]);
        x[4] = 1;
        x[12] = 1;
        x[2] = -0x1p24f;
        assertEquals(2, compute(problem(1, repeated(16, 1)), x)[0], "0 and 8 lose the 1, 4 and 12 keep theirs");
    }

    @Test
    void columnsGoToTheSumsInTurn() {
        float[] x = new float[33];
        x[0] = 0x1p24f;
        x[16] = 1;
        x[32] = -0x1p24f;
        assertEquals(0, compute(problem(1, repeated(33, 1)), x)[0]);
        x[16] = 0;
        x[17] = 1;
        assertEquals(1, compute(problem(1, repeated(33, 1)), x)[0]);
    }

    @Test
    void everyNaNIsTheSame() {
        float odd = Float.intBitsToFloat(0xffc12345);
        float[] y = compute(problem(2, 1, 0, 0, 1), odd, 0, Float.POSITIVE_INFINITY, 0, 1, 2);
        assertBits(0x7fc00000, y[0]);
        assertBits(0x7fc00000, y[1]);
        assertEquals(Float.POSITIVE_INFINITY, y[2]);
        assertBits(0x7fc00000, y[3]);
        assertEquals(1, y[4]);
        assertEquals(2, y[5]);
        var odds = new MatMulF16Problem(1, 2, new short[] {(short) 0xfc01, 0x7c00});
        assertBits(0x7fc00000, compute(odds, 0, 1)[0]);
        assertBits(0x7fc00000, compute(new MatMulF16Problem(1, 2, new short[] {0x7c00, (short) 0xfc00}), 1, 1)[0]);
        assertEquals(Float.NEGATIVE_INFINITY, compute(new MatMulF16Problem(1, 1, new short[] {0x7c00}), -1)[0]);
    }

    @Test
    void aSumOfZerosIsPositive() {
        for (int k : new int[] {1, 16, 17}) {
            assertBits(0, compute(problem(1, repeated(k, -1)), repeated(k, 0f))[0]);
            assertBits(0, compute(problem(1, repeated(k, -0f)), repeated(k, 5))[0]);
        }
    }

    @Test
    void subnormalNumbersCount() {
        assertEquals(0x1p-24f, compute(new MatMulF16Problem(1, 1, new short[] {1}), 1)[0]);
        assertEquals(Float.MIN_VALUE, compute(problem(1, 1), Float.MIN_VALUE)[0]);
        // Half of the least float is a tie that goes to zero, and the sign is what the product had.
        assertBits(0x80000000, compute(problem(1, repeated(16, 0.5f)), repeated(16, -Float.MIN_VALUE))[0]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 250, 1000})
    void nearTheExactProduct(int k) {
        Random random = new Random(k);
        float[] w = new float[3 * k];
        float[] x = new float[2 * k];
        for (int i = 0; i < w.length; i++) {
            w[i] = Float16.toFloat(Float16.fromFloat((float) random.nextGaussian()));
        }
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        float[] y = compute(problem(3, w), x);
        for (int i = 0; i < 6; i++) {
            double exact = 0;
            double bound = 0;
            for (int j = 0; j < k; j++) {
                double product = (double) w[i % 3 * k + j] * x[i / 3 * k + j];
                exact += product;
                bound += Math.abs(product);
            }
            assertEquals(exact, y[i], (k / 16 + 5) * 0x1p-24 * bound);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4, 'N: found 0, wanted 1..2147483647'",
        "1, 0, 'K: found 0, wanted 1..1073741824'",
        "2, 3, 'W: found length 5, wanted 6'"
    })
    void whatIsWrongIsNamed(int n, int k, String message) {
        var error = assertThrows(IllegalArgumentException.class, () -> new MatMulF16Problem(n, k, new short[5]));
        assertEquals(message, error.getMessage());
    }

    @Test
    void shortBuffersAreNamed() {
        var problem = problem(2, 1, 2, 3, 4);
        var x = assertThrows(
                IllegalArgumentException.class, () -> ScalarMatMulF16.compute(problem, new float[3], 2, new float[4]));
        assertEquals("X: found length 3, wanted at least 4", x.getMessage());
        var y = assertThrows(
                IllegalArgumentException.class, () -> ScalarMatMulF16.compute(problem, new float[4], 2, new float[3]));
        assertTrue(y.getMessage().startsWith("Y: found length 3"), y.getMessage());
        var m = assertThrows(
                IllegalArgumentException.class, () -> ScalarMatMulF16.compute(problem, new float[4], -1, new float[4]));
        assertTrue(m.getMessage().startsWith("M: found -1"), m.getMessage());
    }
}
