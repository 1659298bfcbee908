package io.github.bitnetort.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Float16Test {
    private static final int INFINITY = 0x7c00;

    /** What the bits mean, as the standard defines it. */
    private static double value(int half) {
        int exponent = half >>> 10 & 31;
        int fraction = half & 0x3ff;
        double magnitude = exponent == 0 ? fraction * 0x1p-24 : Math.scalb(1024 + fraction, exponent - 25);
        return (half & 0x8000) == 0 ? magnitude : -magnitude;
    }

    private static void assertHalf(int wanted, float value) {
        assertEquals(
                Integer.toHexString(wanted), Integer.toHexString(Float16.fromFloat(value) & 0xffff), () -> "" + value);
    }

    @Test
    void everyFiniteNumberIsWhatItsBitsSayAndComesBack() {
        for (int half = 0; half < 0x10000; half++) {
            if ((half & INFINITY) == INFINITY) {
                continue;
            }
            float found = Float16.toFloat((short) half);
            assertEquals((float) value(half), found);
            assertEquals(half >>> 15, Float.floatToRawIntBits(found) >>> 31);
            assertHalf(half, found);
        }
    }

    /** Between each two neighbours: the midpoint goes to the even one, a unit of float32 beside it to the nearer. */
    @Test
    void nearestAndHalvesToTheEvenNeighbour() {
        for (int half = 0; half < INFINITY; half++) {
            float middle = (float) ((value(half) + value(half + 1)) / 2);
            int even = half % 2 == 0 ? half : half + 1;
            for (int sign : new int[] {0, 0x8000}) {
                float signed = sign == 0 ? middle : -middle;
                assertHalf(sign | even, signed);
                assertHalf(sign | half, Float.intBitsToFloat(Float.floatToRawIntBits(signed) - 1));
                assertHalf(sign | half + 1, Float.intBitsToFloat(Float.floatToRawIntBits(signed) + 1));
            }
        }
    }

    @Test
    void whatIsTooLargeOrNoNumber() {
        assertEquals(Float16.MAX_VALUE, Float16.toFloat((short) (INFINITY - 1)));
        assertHalf(INFINITY - 1, Math.nextDown(Float16.OVERFLOW));
        assertHalf(INFINITY, Float16.OVERFLOW);
        assertHalf(0x8000 | INFINITY, -Float.MAX_VALUE);
        assertHalf(INFINITY, Float.POSITIVE_INFINITY);
        assertHalf(0, Float.MIN_VALUE);
        assertHalf(0x8000, -0f);
        assertHalf(0x7e00, Float.NaN);
        assertHalf(0xfe00, Float.intBitsToFloat(0xff800001)); // all of its payload is below
        assertEquals(Float.NEGATIVE_INFINITY, Float16.toFloat((short) 0xfc00));
        assertTrue(Float.isNaN(Float16.toFloat((short) 0x7c01)));
    }
}
