package io.github.bitnetort.ops;

/** IEEE binary16 numbers, by their bits. */
public final class Float16 {
    /** The largest finite one. */
    public static final float MAX_VALUE = 65504f;

    /** From this magnitude on the nearest one is an infinity: half a unit of the last place above the largest. */
    public static final float OVERFLOW = 65520f;

    private static final int SIGN = 0x8000;
    private static final int INFINITY = 0x7c00;
    private static final int QUIET = 0x0200;
    private static final float SMALLEST_NORMAL = 0x1p-14f;

    private Float16() {}

    /** The number that the bits stand for, exactly. */
    public static float toFloat(short half) {
        int sign = (half & SIGN) << 16;
        int exponent = half >>> 10 & 31;
        int fraction = half & 0x3ff;
        if (exponent == 0) {
            float magnitude = fraction * 0x1p-24f;
            return sign == 0 ? magnitude : -magnitude;
        }
        int biased = exponent == 31 ? 255 : exponent + 112;
        return Float.intBitsToFloat(sign | biased << 23 | fraction << 13);
    }

    /** The bits of the nearest number, of two as near the even one; a NaN stays one, with its upper bits. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int sign = bits >>> 16 & SIGN;
        float magnitude = Math.abs(value);
        if (Float.isNaN(value)) {
            return (short) (sign | INFINITY | QUIET | bits >>> 13 & 0x3ff);
        }
        if (magnitude >= OVERFLOW) {
            return (short) (sign | INFINITY);
        }
        if (magnitude < SMALLEST_NORMAL) {
            // Multiples of 2^-24; the product is exact, and 1024 of them are the smallest normal number's bits.
            return (short) (sign | (int) Math.rint(magnitude * 0x1p24f));
        }
        int rebiased = (bits & 0x7fffffff) - (112 << 23);
        // A carry out of the fraction goes into the exponent, where it belongs.
        return (short) (sign | rebiased + 0xfff + (rebiased >>> 13 & 1) >>> 13);
    }
}
