package io.github.bitnetort.ops;

/**
 * A row of activations as 15-bit integers with one scale, exactly as the contract of CustomMatMulNBits writes it:
 * binary32 arithmetic, in the written order. Off by at most 2^-15 of the row's largest magnitude.
 */
public final class FixedPointActivations {
    /** The largest magnitude of a quantized activation: 128 · 127 + 63, two int8 digits of which the lower is −64..63. */
    public static final int LARGEST = 16319;

    /** Below this, the absolute maximum of a row counts as this: a row of zeros has a finite scale. */
    public static final float MIN_ABSMAX = 1e-30f;

    private FixedPointActivations() {}

    /**
     * s = (1 / max(absmax, 1e-30)) · 16319, q = rint(x · s).
     *
     * @param q receives {@code len} integers from its start, −16319..16319
     * @return s, or NaN (and q untouched) when x is not finite
     */
    public static float quantize(float[] x, int off, int len, int[] q) {
        float absmax = 0;
        for (int k = off; k < off + len; k++) {
            if (!Float.isFinite(x[k])) {
                return Float.NaN;
            }
            absmax = Math.max(absmax, Math.abs(x[k]));
        }
        float s = 1f / Math.max(absmax, MIN_ABSMAX) * LARGEST;
        for (int k = 0; k < len; k++) {
            q[k] = (int) Math.rint(x[off + k] * s);
        }
        return s;
    }
}
