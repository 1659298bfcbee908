package io.github.bitnetort.export.checkpoint;

import java.util.List;

/**
 * Rotary position embedding.
 *
 * @param theta the base of the frequencies
 * @param factor by which frequencies are divided: 1 for {@code DEFAULT}
 * @param lowFreqFactor {@code LLAMA3} only, as is the next
 * @param originalMaxPositions positions of the training before scaling; {@code YARN} too
 * @param divisors {@code FACTORS} only: what each frequency is divided by
 * @param yarn {@code YARN} only, else null
 */
public record RopeConfig(
        Type type,
        double theta,
        double factor,
        double lowFreqFactor,
        double highFreqFactor,
        double originalMaxPositions,
        List<Float> divisors,
        Yarn yarn) {
    /** What becomes of the frequencies. */
    public enum Type {
        /** Left as they are. */
        DEFAULT,
        /** All divided by the factor. */
        LINEAR,
        /** Llama 3's: high ones left, low ones divided, those between by degrees. */
        LLAMA3,
        /** Each frequency divided by a number of its own, which the file lists. */
        FACTORS,
        /** Frequencies that turn often in the original context are kept, those that hardly do are divided. */
        YARN
    }

    /**
     * What YaRN has beside the factor.
     *
     * @param betaFast from so many turns in the original context on, a frequency is kept
     * @param betaSlow up to so many turns it is divided by the whole factor
     * @param truncate whether the range between is widened to whole frequencies
     * @param attentionFactor what cosines and sines are multiplied by
     */
    public record Yarn(double betaFast, double betaSlow, boolean truncate, double attentionFactor) {
        /** {@code betaFast} where a model does not say it. */
        public static final double BETA_FAST = 32;

        /** {@code betaSlow} where a model does not say it. */
        public static final double BETA_SLOW = 1;

        /** The attention factor where a model does not say it. */
        public static double attentionFactor(double factor, double multiplier) {
            return factor <= 1 ? 1 : 0.1 * multiplier * Math.log(factor) + 1;
        }
    }

    /** Without a list of divisors. */
    public RopeConfig(
            Type type,
            double theta,
            double factor,
            double lowFreqFactor,
            double highFreqFactor,
            double originalMaxPositions) {
        this(type, theta, factor, lowFreqFactor, highFreqFactor, originalMaxPositions, List.of(), null);
    }

    /** Of the type {@code FACTORS}. */
    public static RopeConfig withDivisors(double theta, List<Float> divisors) {
        return new RopeConfig(Type.FACTORS, theta, 1, 0, 0, 0, List.copyOf(divisors), null);
    }

    /** Of the type {@code YARN}. */
    public static RopeConfig withYarn(double theta, double factor, double originalMaxPositions, Yarn yarn) {
        return new RopeConfig(Type.YARN, theta, factor, 0, 0, originalMaxPositions, List.of(), yarn);
    }

    /** What cosines and sines are multiplied by. */
    public float attentionFactor() {
        return yarn == null ? 1 : (float) yarn.attentionFactor;
    }

    /**
     * The inverse frequencies, half a head of them, by the float32 operations of transformers (a number divided by a
     * tensor is there the tensor's reciprocal times the number).
     */
    public float[] inverseFrequencies(int headDim) {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / headDim;
            float wave = (float) Math.pow((float) theta, exponent);
            float frequency = 1f / wave;
            frequencies[i] = switch (type) {
                case DEFAULT -> frequency;
                case LINEAR -> frequency / (float) factor;
                case LLAMA3 -> llama3(frequency);
                case FACTORS -> frequency / divisors.get(i);
                case YARN -> yarn(frequency, 1f / ((float) factor * wave), 1f - ramp(i, headDim));
            };
        }
        return frequencies;
    }

    private float llama3(float frequency) {
        float wavelength = 1f / frequency * (float) (2 * Math.PI);
        if (wavelength > (float) (originalMaxPositions / lowFreqFactor)) {
            return frequency / (float) factor;
        }
        if (wavelength < (float) (originalMaxPositions / highFreqFactor)) {
            return frequency;
        }
        float smooth = (1f / wavelength * (float) originalMaxPositions - (float) lowFreqFactor)
                / (float) (highFreqFactor - lowFreqFactor);
        return (1f - smooth) * frequency / (float) factor + smooth * frequency;
    }

    private static float yarn(float kept, float divided, float share) {
        return divided * (1f - share) + kept * share;
    }

    /** 0 for frequencies that YaRN keeps, 1 for those that it divides. */
    private float ramp(int i, int headDim) {
        double low = turning(yarn.betaFast, headDim);
        double high = turning(yarn.betaSlow, headDim);
        low = Math.max(yarn.truncate ? Math.floor(low) : low, 0);
        high = Math.min(yarn.truncate ? Math.ceil(high) : high, headDim - 1);
        if (low == high) {
            high += 0.001;
        }
        return Math.min(Math.max((i - (float) low) / (float) (high - low), 0f), 1f);
    }

    /** Which frequency turns so many times in the original context. */
    private double turning(double turns, int headDim) {
        return headDim * Math.log(originalMaxPositions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }
}
