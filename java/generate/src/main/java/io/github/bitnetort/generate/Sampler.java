package io.github.bitnetort.generate;

import java.nio.FloatBuffer;
import java.util.Random;

/**
 * Chooses tokens from logits, repeatably: candidates stand in order of falling logit, equal logits in order of rising
 * id; probabilities are summed in double in that order (for the whole vocabulary: in order of id) with
 * {@link StrictMath#exp}; top-k is applied before top-p; one {@link Random#nextDouble()} is drawn for each token. All of
 * that is fixed by the Java specification, so a seed gives the same tokens everywhere. Not thread-safe.
 */
public final class Sampler {
    private final SamplingOptions options;
    private final Random random;

    public Sampler(SamplingOptions options) {
        this.options = options;
        this.random = new Random(options.seed());
    }

    /**
     * @param logits one value a token, from position 0 to the limit; position and limit are left alone
     * @return the token's id
     * @throws IllegalArgumentException when there are no logits, or one is NaN: then the model's output is broken, and
     *     no choice would be honest
     */
    public int next(FloatBuffer logits) {
        return options.isGreedy() ? argmax(logits) : sample(logits);
    }

    /** The id of the largest logit; of equal ones the lowest id. */
    public static int argmax(FloatBuffer logits) {
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int id = 0; id < logits.limit(); id++) {
            float logit = checked(logits, id);
            if (best < 0 || logit > max) {
                best = id;
                max = logit;
            }
        }
        if (best < 0) {
            throw new IllegalArgumentException("logits: found none, wanted one for each token of the vocabulary");
        }
        return best;
    }

    private int sample(FloatBuffer logits) {
        float max = logits.get(argmax(logits));
        Candidates candidates = new Candidates(logits);
        int size = logits.limit();
        int kept = options.topK() == 0 ? size : Math.min(options.topK(), size);
        double total =
                kept == size ? totalInIdOrder(logits, max) : sum(kept, Double.MAX_VALUE, candidates, logits, max);
        if (options.topP() < 1) {
            total = sum(kept, options.topP() * total, candidates, logits, max);
        }
        double target = random.nextDouble() * total;
        double sum = 0;
        int id = -1;
        for (int rank = 0; rank < kept && sum <= target; rank++) {
            id = candidates.id(rank);
            sum += weight(logits.get(id), max);
        }
        return id;
    }

    /** The summed weight of the most likely tokens: of as few as reach {@code enough}, of {@code most} at most. */
    private double sum(int most, double enough, Candidates candidates, FloatBuffer logits, float max) {
        double sum = 0;
        for (int rank = 0; rank < most && sum < enough; rank++) {
            sum += weight(logits.get(candidates.id(rank)), max);
        }
        return sum;
    }

    private double totalInIdOrder(FloatBuffer logits, float max) {
        double total = 0;
        for (int id = 0; id < logits.limit(); id++) {
            total += weight(logits.get(id), max);
        }
        return total;
    }

    /** Unnormalized probability: 1 for the most likely token. */
    private double weight(float logit, float max) {
        return logit == max ? 1 : StrictMath.exp(((double) logit - max) / options.temperature());
    }

    private static float checked(FloatBuffer logits, int id) {
        float logit = logits.get(id);
        if (Float.isNaN(logit)) {
            throw new IllegalArgumentException("logits: found NaN at token " + id + ", wanted numbers");
        }
        return logit;
    }
}
