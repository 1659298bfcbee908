package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationQuantizerTest {
    private static void quantizes(float s, float[] x, int... q) {
        byte[] expected = new byte[q.length];
        for (int k = 0; k < q.length; k++) {
            expected[k] = (byte) q[k];
        }
        byte[] actual = new byte[q.length];
        assertEquals(
                Float.floatToRawIntBits(s),
                Float.floatToRawIntBits(ActivationQuantizer.absmaxInt8(x, 0, x.length, actual, 0)));
        assertArrayEquals(expected, actual);
    }

    @Test
    void zerosHaveAFiniteScale() {
        quantizes(12_700_000f, new float[] {0f, -0f, 0f}, 0, 0, 0);
    }

    @Test
    void halvesGoToTheEvenNeighbour() {
        quantizes(1f, new float[] {127f, 0.5f, 1.5f, 2.5f, -0.5f, -1.5f, -2.5f, 126.5f}, 127, 0, 2, 2, 0, -2, -2, 126);
    }

    @Test
    void theScaleIsRoundedTwice() {
        quantizes(Float.intBitsToFloat(0x42295556), new float[] {3f, -3f}, 127, -127);
    }

    @Test
    void absmaxBelowTheFloorCountsAsTheFloor() {
        quantizes(12_700_000f, new float[] {5e-6f, -1e-6f, 1e-8f}, 64, -13, 0);
        quantizes(12_700_000f, new float[] {1e-5f, -1e-5f}, 127, -127);
    }

    @Test
    void subnormalsAreNumbers() {
        quantizes(12_700_000f, new float[] {Float.MIN_VALUE, -Float.MIN_VALUE}, 0, 0);
    }

    @Test
    void hugeNumbersKeepASubnormalReciprocal() {
        // 1 / MAX_VALUE rounds to 2^-128, so half of it times s is just below 63.5.
        quantizes(
                127f * 0x1p-128f, new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE / 2}, 127, -127, 63);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void aRowThatIsNotFiniteIsNotQuantized(float odd) {
        float[] x = {1f, odd, 2f};
        byte[] q = {9, 9, 9};
        assertTrue(Float.isNaN(ActivationQuantizer.absmaxInt8(x, 0, 3, q, 0)));
        assertFalse(ActivationQuantizer.sign(x, 0, 3, q, 0));
        assertArrayEquals(new byte[] {9, 9, 9}, q);
    }

    @Test
    void aNegativeNaNIsSeenToo() {
        float[] x = {1f, Float.intBitsToFloat(0xffc00001)};
        assertTrue(Float.isNaN(ActivationQuantizer.absmaxInt8(x, 0, 2, new byte[2], 0)));
    }

    @Test
    void signOfZeroIsPlus() {
        byte[] q = new byte[5];
        assertTrue(ActivationQuantizer.sign(new float[] {-0f, 0f, -Float.MIN_VALUE, 3f, -3f}, 0, 5, q, 0));
        assertArrayEquals(new byte[] {1, 1, -1, 1, -1}, q);
    }

    @Test
    void offsetsAreKept() {
        byte[] q = new byte[4];
        ActivationQuantizer.absmaxInt8(new float[] {100f, 1f, -1f, 100f}, 1, 2, q, 2);
        assertArrayEquals(new byte[] {0, 0, 127, -127}, q);
    }
}
