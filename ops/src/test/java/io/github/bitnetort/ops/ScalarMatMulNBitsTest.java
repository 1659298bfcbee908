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
import org.junit.jupiter.params.provider.ValueSource;

class ScalarMatMulNBitsTest {
    private static float[] compute(MatMulNBitsProblem problem, float... x) {
        float[] y = new float[x.length / problem.spec().k() * problem.spec().n()];
        ScalarMatMulNBits.compute(problem, x, x.length / problem.spec().k(), y);
        return y;
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static void assertBits(int wanted, float found) {
        assertEquals(Integer.toHexString(wanted), Integer.toHexString(Float.floatToRawIntBits(found)));
    }

    /** The worked example of the contract. */
    @Test
    void theExample() {
        var problem =
                new MatMulNBitsProblem(new MatMulNBitsSpec(1, 4, 8, 0), bytes(128, 255, 0, 131), new float[] {0.01f});
        float[] x = {0.5f, -1, 0.25f, 2};
        int[] q = new int[4];
        assertEquals(8159.5f, FixedPointActivations.quantize(x, 0, 4, q));
        assertArrayEquals(new int[] {4080, -8160, 2040, 16319}, q);
        assertBits(0xbfc3da3c, compute(problem, x)[0]);
    }

    @Test
    void nibblesAreInTheOrderOfColumns() {
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(1, 4, 4, 0), bytes(0x0f, 0x98), new float[] {16319});
        assertArrayEquals(
                new int[] {7, -8, 0, 1},
                new int[] {problem.weight(0, 0), problem.weight(0, 1), problem.weight(0, 2), problem.weight(0, 3)});
        // s is 16319, so y is acc up to the rounding of 1 / s.
        assertEquals(7f * 16319, compute(problem, 1, 0, 0, 0)[0], 0.02f);
        assertEquals(-8f * 16319, compute(problem, 0, 1, 0, 0)[0], 0.02f);
        assertEquals(1f * 16319, compute(problem, 0, 0, 0, 1)[0], 0.02f);
    }

    /** A sum that float32 cannot hold is rounded once, not as the sum of two rounded digits. */
    @Test
    void theSumIsRoundedOnce() {
        int k = CustomMatMulNBits.MAX_K;
        byte[] weights = new byte[k]; // all -128
        weights[0] = (byte) 129; // +1
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(1, k, 8, 0), weights, new float[] {1});
        float[] x = new float[k];
        Arrays.fill(x, -1);
        long acc = 128L * 16319 * (k - 1) - 16319;
        assertEquals((float) acc * (1f / 16319f), compute(problem, x)[0]);
    }

    @Test
    void blocksAreAddedInAscendingOrder() {
        float[] scale = {1e30f, -1e30f, 1f};
        byte[] weights = new byte[48];
        Arrays.fill(weights, (byte) 129);
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(1, 48, 8, 16), weights, scale);
        float[] x = new float[48];
        Arrays.fill(x, 1);
        assertEquals(16f, compute(problem, x)[0], 1e-5f);
        var lastFirst = new MatMulNBitsProblem(problem.spec(), weights, new float[] {1f, 1e30f, -1e30f});
        assertEquals(0f, compute(lastFirst, x)[0]);
    }

    @Test
    void oddRowsAreNaNAndTouchNoOther() {
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(2, 2, 8, 0), new byte[4], new float[] {1, 1});
        float[] y = compute(problem, 1, Float.intBitsToFloat(0xffc12345), 0, 0, Float.NEGATIVE_INFINITY, 1);
        for (int i : new int[] {0, 1, 4, 5}) {
            assertBits(0x7fc00000, y[i]);
        }
        assertEquals(0f, y[2]);
        assertEquals(0f, y[3]);
    }

    @Test
    void infinitiesOfBothSignsGiveTheOneNaN() {
        byte[] weights = new byte[32];
        float[] scale = {3e38f, -3e38f};
        var problem = new MatMulNBitsProblem(new MatMulNBitsSpec(1, 32, 8, 16), weights, scale);
        float[] x = new float[32];
        Arrays.fill(x, 1);
        assertBits(0x7fc00000, compute(problem, x)[0]);
    }

    @ParameterizedTest
    @ValueSource(floats = {1e-30f, 1e-35f, Float.MIN_VALUE, 1f, 3e38f, Float.MAX_VALUE})
    void noActivationLeavesItsDigits(float absmax) {
        int[] q = new int[3];
        float s = FixedPointActivations.quantize(new float[] {absmax, -absmax, 0}, 0, 3, q);
        assertTrue(Float.isFinite(s) && Float.isFinite(1 / s));
        assertTrue(q[0] <= FixedPointActivations.LARGEST && q[0] == -q[1] && q[2] == 0);
        if (absmax >= FixedPointActivations.MIN_ABSMAX) {
            assertEquals(FixedPointActivations.LARGEST, q[0]);
        }
    }

    /** What quantization costs: half a unit of weight, and 2^-15 of the largest activation. */
    @ParameterizedTest
    @CsvSource({"8, 0", "8, 32", "4, 16", "4, 128"})
    void theProductIsNearThatOfTheFloats(int bits, int blockSize) {
        Random random = new Random(7);
        MatMulNBitsSpec spec = new MatMulNBitsSpec(3, 256, bits, blockSize);
        float[] x = new float[256];
        float[] w = new float[3 * 256];
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) random.nextGaussian();
            x[i % 256] = (float) random.nextGaussian();
        }
        byte[] stored = new byte[3 * spec.rowBytes()];
        float[] scale = new float[3 * spec.blocks()];
        float[] back = new float[w.length];
        NBitsRows rows = new NBitsRows(spec);
        for (int n = 0; n < 3; n++) {
            float[] row = Arrays.copyOfRange(w, n * 256, (n + 1) * 256);
            rows.quantize(row, stored, n * spec.rowBytes(), scale, n * spec.blocks());
            rows.dequantize(stored, n * spec.rowBytes(), scale, n * spec.blocks(), row);
            System.arraycopy(row, 0, back, n * 256, 256);
        }
        float[] y = compute(new MatMulNBitsProblem(spec, stored, scale), x);
        for (int n = 0; n < 3; n++) {
            double exact = 0;
            double bound = 0;
            for (int k = 0; k < 256; k++) {
                float unit = Math.abs(scale[n * spec.blocks() + k / spec.blockColumns()]);
                // 4 bits: what lies opposite to the largest value may be clamped, by up to a unit.
                assertEquals(w[n * 256 + k], back[n * 256 + k], unit * (bits == 8 ? 0.5001f : 1.0001f));
                exact += (double) back[n * 256 + k] * x[k];
                bound += Math.abs(back[n * 256 + k]) * 4 * 0x1p-15;
            }
            assertEquals(exact, y[n], bound);
        }
    }

    /** Quotients of all magnitudes, ties among them, and units that are subnormal numbers. */
    @ParameterizedTest
    @CsvSource({"8, 0", "8, 16", "4, 16", "4, 0"})
    void weightsAreRoundedHalfToEven(int bits, int blockSize) {
        Random random = new Random(7);
        MatMulNBitsSpec spec = new MatMulNBitsSpec(1, 512, bits, blockSize);
        float[] scale = new float[spec.blocks()];
        float[] alone = new float[spec.blocks()];
        float[] units = new float[spec.k()];
        Arrays.fill(units, 1);
        for (float magnitude : new float[] {1, 1e-38f, 1e-43f, 1e-45f, 1e30f}) {
            float[] row = new float[spec.k()];
            for (int k = 0; k < row.length; k++) {
                row[k] = magnitude * (random.nextInt(2 << bits) - (1 << bits)) / 2;
            }
            byte[] stored = new byte[spec.rowBytes()];
            new NBitsRows(spec).quantize(row, stored, 0, scale, 0);
            new NBitsRows(spec).scales(row, alone, 0);
            assertArrayEquals(scale, alone);
            float[] weights = new float[spec.k()];
            new NBitsRows(new MatMulNBitsSpec(1, 512, bits, 0)).dequantize(stored, 0, units, 0, weights);
            for (int k = 0; k < row.length; k++) {
                float unit = scale[k / spec.blockColumns()];
                double exact = unit == 0 ? 0 : Math.rint(row[k] / unit);
                double wanted = Math.max(-spec.zeroPoint(), Math.min(spec.zeroPoint() - 1, exact));
                assertEquals((int) wanted, (int) weights[k], row[k] + " / " + unit);
            }
        }
    }

    @Test
    void aRowOfZerosHasTheScaleZero() {
        for (int bits : MatMulNBitsSpec.BITS) {
            MatMulNBitsSpec spec = new MatMulNBitsSpec(1, 32, bits, 0);
            float[] scale = {1};
            float[] row = new float[32];
            byte[] stored = new byte[spec.rowBytes()];
            new NBitsRows(spec).quantize(row, stored, 0, scale, 0);
            assertBits(0, scale[0]);
            Arrays.fill(row, 1);
            new NBitsRows(spec).dequantize(stored, 0, scale, 0, row);
            assertArrayEquals(new float[32], row);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 4, 8, 0, N: found 0",
        "1, 132105, 8, 0, K: found 132105",
        "1, 4, 2, 0, bits: found 2",
        "1, 64, 8, 48, block_size: found 48",
        "1, 5, 4, 0, K: found 5",
        "1, 40, 8, 16, K: found 40"
    })
    void wrongAttributesAreNamed(int n, int k, int bits, int blockSize, String message) {
        var error = assertThrows(IllegalArgumentException.class, () -> new MatMulNBitsSpec(n, k, bits, blockSize));
        assertTrue(error.getMessage().startsWith(message), error.getMessage());
    }

    @Test
    void wrongInputsAreNamed() {
        MatMulNBitsSpec spec = new MatMulNBitsSpec(2, 4, 4, 0);
        var weights = assertThrows(
                IllegalArgumentException.class, () -> new MatMulNBitsProblem(spec, new byte[3], new float[2]));
        assertEquals("W: found length 3, wanted 4", weights.getMessage());
        var scale = assertThrows(
                IllegalArgumentException.class,
                () -> new MatMulNBitsProblem(spec, new byte[4], new float[] {1, Float.NaN}));
        assertEquals("scale[1]: found NaN, wanted a finite number", scale.getMessage());
    }
}
