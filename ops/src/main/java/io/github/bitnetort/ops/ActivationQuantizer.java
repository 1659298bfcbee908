package io.github.bitnetort.ops;

/**
 * Activations to small integers, exactly as the contract writes it: binary32 arithmetic, in the written order. A row
 * with a NaN or an infinity is not quantized: the op answers it with a row of NaN.
 */
public final class ActivationQuantizer {
    /** Below this, the absolute maximum of a row counts as this: a row of zeros has a finite scale. */
    public static final float MIN_ABSMAX = 1e-5f;

    private static final int INFINITY_BITS = 0x7f800000;

    private ActivationQuantizer() {}

    /**
     * Symmetric int8: s = (1 / max(absmax, 1e-5)) · 127, q = clamp(rint(x · s), −127, 127).
     *
     * @return s, or NaN (and q untouched) when x is not finite
     */
    public static float absmaxInt8(float[] x, int off, int len, byte[] q, int qOff) {
        int maxBits = maxMagnitudeBits(x, off, len);
        if (maxBits >= INFINITY_BITS) {
            return Float.NaN;
        }
        float s = 1f / Math.max(Float.intBitsToFloat(maxBits), MIN_ABSMAX) * 127f;
        for (int k = 0; k < len; k++) {
            double rounded = Math.rint(x[off + k] * s);
            q[qOff + k] = (byte) Math.max(-127, Math.min(127, rounded));
        }
        return s;
    }

    /**
     * Sign: q = −1 below zero, else +1; −0.0 counts as +.
     *
     * @return whether x is finite; q is untouched when it is not
     */
    public static boolean sign(float[] x, int off, int len, byte[] q, int qOff) {
        if (maxMagnitudeBits(x, off, len) >= INFINITY_BITS) {
            return false;
        }
        for (int k = 0; k < len; k++) {
            q[qOff + k] = (byte) (x[off + k] < 0 ? -1 : 1);
        }
        return true;
    }

    /**
     * One row of X, by its spec: K quantized activations to q and, for {@code int8}, {@link BitMatMulSpec#blocks()}
     * activation scales to s.
     *
     * @return whether the row is finite; q and s are meaningless when it is not
     */
    public static boolean quantizeRow(BitMatMulSpec spec, float[] x, int off, byte[] q, float[] s) {
        if (spec.activation() == Activation.SIGN) {
            return sign(x, off, spec.k(), q, 0);
        }
        int columns = spec.blockColumns();
        for (int block = 0; block < spec.blocks(); block++) {
            s[block] = absmaxInt8(x, off + block * columns, columns, q, block * columns);
            if (Float.isNaN(s[block])) {
                return false;
            }
        }
        return true;
    }

    /** The bits of max |x|: magnitudes order like their bits, with infinity and then the NaNs above all. */
    private static int maxMagnitudeBits(float[] x, int off, int len) {
        int max = 0;
        for (int k = 0; k < len; k++) {
            max = Math.max(max, Float.floatToRawIntBits(x[off + k]) & Integer.MAX_VALUE);
        }
        return max;
    }
}
