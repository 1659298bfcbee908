package io.github.bitnetort.export.checkpoint;

import java.util.List;

/**
 * Rotary position embedding.
 *
 * @param theta the base of the frequencies
 * @param factor by which frequencies are divided: 1 for {@code DEFAULT}
 * @param lowFreqFactor {@code LLAMA3} only, as are the next two
 * @param originalMaxPositions positions of the training before scaling
 * @param divisors {@code FACTORS} only: what each frequency is divided by
 */
public record RopeConfig(
        Type type,
        double theta,
        double factor,
        double lowFreqFactor,
        double highFreqFactor,
        double originalMaxPositions,
        List<Float> divisors) {
    /** What becomes of the frequencies. */
    public enum Type {
        DEFAULT,
        LINEAR,
        LLAMA3,
        /** Each frequency divided by a number of its own, which the file lists. */
        FACTORS
    }

    /** Without a list of divisors. */
    public RopeConfig(
            Type type,
            double theta,
            double factor,
            double lowFreqFactor,
            double highFreqFactor,
            double originalMaxPositions) {
        this(type, theta, factor, lowFreqFactor, highFreqFactor, originalMaxPositions, List.of());
    }

    /** Of the type {@code FACTORS}. */
    public static RopeConfig withDivisors(double theta, List<Float> divisors) {
        return new RopeConfig(Type.FACTORS, theta, 1, 0, 0, 0, List.copyOf(divisors));
    }

    /**
     * The inverse frequencies, half a head of them, by the float32 operations of transformers (a number divided by a
     * tensor is there the tensor's reciprocal times the number).
     */
    public float[] inverseFrequencies(int headDim) {
        float[] frequencies = new float[headDim / 2];
        for (int i = 0; i < frequencies.length; i++) {
            float exponent = (float) (2 * i) / headDim;
            float frequency = 1f / (float) Math.pow((float) theta, exponent);
            frequencies[i] = switch (type) {
                case DEFAULT -> frequency;
                case LINEAR -> frequency / (float) factor;
                case LLAMA3 -> llama3(frequency);
                case FACTORS -> frequency / divisors.get(i);
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
}
