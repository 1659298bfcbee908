package io.github.bitnetort.generate;

/**
 * How the next token is chosen. The steps and their order are those of Hugging Face's {@code generate}: repetition
 * penalty, temperature, top-k, top-p, min-p.
 *
 * @param temperature what the logits are divided by; 0 is greedy decoding, and then only the repetition penalty has an
 *     effect
 * @param topK keep the K most likely tokens; 0 keeps all
 * @param topP keep the fewest most likely tokens whose probability reaches P, in (0, 1]; 1 keeps all
 * @param minP keep the tokens whose probability is at least P times that of the most likely one, in [0, 1]; 0 keeps all
 * @param repetitionPenalty for each token that the prompt or the new text has already: a positive logit is divided by it,
 *     a negative one multiplied, once however often the token occurs; above 0, and 1 changes nothing
 * @param seed of the random numbers: the same seed and logits give the same tokens on every machine
 */
public record SamplingOptions(
        double temperature, int topK, double topP, double minP, double repetitionPenalty, long seed) {

    private static final SamplingOptions GREEDY = new SamplingOptions(0, 0, 1, 0, 1, 0);

    /** @throws IllegalArgumentException naming the option, found and wanted, where one is outside its range */
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
        if (!(minP >= 0 && minP <= 1)) {
            throw wanted("min-p", minP, "a number from 0 to 1");
        }
        if (!(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY)) {
            throw wanted("repetition penalty", repetitionPenalty, "a finite number above 0");
        }
    }

    /** Always the most likely token; of equal ones the lowest id. */
    public static SamplingOptions greedy() {
        return GREEDY;
    }

    /** Samples from the whole vocabulary at this temperature. */
    public static SamplingOptions temperature(double temperature, long seed) {
        return new SamplingOptions(temperature, 0, 1, 0, 1, seed);
    }

    /** The same with other k. */
    public SamplingOptions withTopK(int k) {
        return new SamplingOptions(temperature, k, topP, minP, repetitionPenalty, seed);
    }

    /** The same with another top-p. */
    public SamplingOptions withTopP(double p) {
        return new SamplingOptions(temperature, topK, p, minP, repetitionPenalty, seed);
    }

    /** The same with another min-p. */
    public SamplingOptions withMinP(double p) {
        return new SamplingOptions(temperature, topK, topP, p, repetitionPenalty, seed);
    }

    /** The same with another repetition penalty. */
    public SamplingOptions withRepetitionPenalty(double penalty) {
        return new SamplingOptions(temperature, topK, topP, minP, penalty, seed);
    }

    /** The same with another seed. */
    public SamplingOptions withSeed(long value) {
        return new SamplingOptions(temperature, topK, topP, minP, repetitionPenalty, value);
    }

    boolean isGreedy() {
        return temperature == 0;
    }

    private static IllegalArgumentException wanted(String name, Object found, String wanted) {
        return new IllegalArgumentException(name + ": found " + found + ", wanted " + wanted);
    }
}
