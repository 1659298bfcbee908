package io.github.bitnetort.export.checkpoint;

/**
 * Rotary position embedding.
 *
 * @param theta the base of the frequencies
 * @param factor by which frequencies are divided: 1 for {@code DEFAULT}
 * @param lowFreqFactor {@code LLAMA3} only, as are the next two
 * @param originalMaxPositions positions of the training before scaling
 */
public record RopeConfig(
        Type type,
        double theta,
        double factor,
        double lowFreqFactor,
        double highFreqFactor,
        double originalMaxPositions) {
    /** What becomes of the frequencies. */
    public enum Type {
        DEFAULT,
        LINEAR,
        LLAMA3
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
