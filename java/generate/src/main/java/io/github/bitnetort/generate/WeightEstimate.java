package io.github.bitnetort.generate;

import java.nio.FloatBuffer;

/** The sum of e^((logit - max) / temperature) over a vocabulary, many times as fast as with {@link StrictMath#exp}. */
final class WeightEstimate {
    /**
     * Of the sum; and the sum of correctly rounded terms lies as near in any order, for up to 2^21 tokens. The series
     * contributes 3e-11, the raised terms 1e-11, rounding 1e-12 in a term and 2^21 · 2^-53 in each of the sums.
     */
    static final double RELATIVE_ERROR = 1e-9;

    /** Terms are raised to this power of e where they are less: the largest is 1. */
    private static final double LEAST = -40;

    private static final int CHUNK = 512;

    private WeightEstimate() {}

    /**
     * @param max the largest logit
     * @return NaN where {@code max} or {@code 1 / temperature} is infinite
     */
    static double sum(FloatBuffer logits, float max, double temperature) {
        double factor = 1 / temperature;
        float[] chunk = new float[CHUNK];
        double[] exponents = new double[CHUNK];
        double[] sums = new double[CHUNK];
        int vocab = logits.limit();
        for (int from = 0; from < vocab; from += CHUNK) {
            int count = Math.min(CHUNK, vocab - from);
            logits.get(from, chunk, 0, count);
            for (int i = 0; i < count; i++) {
                exponents[i] = ((double) chunk[i] - max) * factor;
            }
            addExponentials(exponents, sums, count);
        }
        double sum = 0;
        for (double part : sums) {
            sum += part;
        }
        return sum;
    }

    /** e^x = (e^(x / 1024))^1024: a short series and ten squares, which compilers turn into vector instructions. */
    private static void addExponentials(double[] exponents, double[] sums, int count) {
        for (int i = 0; i < count; i++) {
            double y = Math.max(exponents[i], LEAST) * 0x1p-10;
            double e = 1 + y * (1 + y * (1.0 / 2 + y * (1.0 / 6 + y * (1.0 / 24 + y * (1.0 / 120 + y * (1.0 / 720))))));
            double e4 = e * e * (e * e);
            double e16 = e4 * e4 * (e4 * e4);
            double e64 = e16 * e16 * (e16 * e16);
            double e256 = e64 * e64 * (e64 * e64);
            sums[i] += e256 * e256 * (e256 * e256);
        }
    }
}
