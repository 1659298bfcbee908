package io.github.bitnetort.generate;

/**
 * How the next token is chosen.
 *
 * @param temperature what the logits are divided by; 0 is greedy decoding, and then the rest has no effect
 * @param topK keep the K most likely tokens; 0 keeps all
 * @param topP keep the fewest most likely tokens whose probability reaches P, in (0, 1]; 1 keeps all
 * @param seed of the random numbers: the same seed and logits give the same tokens on every machine
 */
public record SamplingOptions(double temperature, int topK, double topP, long seed) {

    private static final SamplingOptions GREEDY = new SamplingOptions(0, 0, 1, 0);

    public SamplingOptions {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw wanted("temperature", temperature, "a finite number, 0 or more");
        }
        if (topK < 0) {
            throw wanted("top-k", topK, "0 or more");
        }
        if (!(topP > 0 && topP <= 1)) {
            throw wanted("top-p", topP, "a number above 0, up to 1");
        }
    }

    /** Always the most likely token; of equal ones the lowest id. */
    public static SamplingOptions greedy() {
        return GREEDY;
    }

    /** Samples from the whole vocabulary at this temperature. */
    public static SamplingOptions temperature(double temperature, long seed) {
        return new SamplingOptions(temperature, 0, 1, seed);
    }

    public SamplingOptions withTopK(int k) {
        return new SamplingOptions(temperature, k, topP, seed);
    }

    public SamplingOptions withTopP(double p) {
        return new SamplingOptions(temperature, topK, p, seed);
    }

    boolean isGreedy() {
        return temperature == 0;
    }

    private static IllegalArgumentException wanted(String name, Object found, String wanted) {
        return new IllegalArgumentException(name + ": found " + found + ", wanted " + wanted);
    }
}
