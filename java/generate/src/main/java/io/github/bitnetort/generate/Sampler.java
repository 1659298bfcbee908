package io.github.bitnetort.generate;

import java.nio.FloatBuffer;
import java.util.BitSet;
import java.util.Random;

/**
 * Chooses tokens from logits, repeatably: one {@link Random#nextDouble()} is drawn for each token, and {@link Distribution}
 * adds up probabilities in a fixed order. All of that is fixed by the Java specification, so a seed gives the same tokens
 * everywhere. Not thread-safe.
 */
public final class Sampler {
    private static final int ARGMAX_PART = 2048;

    private final SamplingOptions options;
    private final Random random;
    private final BitSet seen = new BitSet();
    private FloatBuffer penalized = FloatBuffer.allocate(0);

    /** A sampler that has seen no token, at the start of the seed's random numbers. */
    public Sampler(SamplingOptions options) {
        this.options = options;
        this.random = new Random(options.seed());
    }

    /** Tells of tokens that the sequence has already: the repetition penalty is about them, and about those chosen. */
    public void observe(long... ids) {
        for (long id : ids) {
            seen.set((int) id);
        }
    }

    /**
     * @param logits one value a token, from position 0 to the limit; position and limit are left alone
     * @return the token's id
     * @throws IllegalArgumentException when there are no logits, or one is NaN: then the model's output is broken, and
     *     no choice would be honest
     */
    public int next(FloatBuffer logits) {
        FloatBuffer adjusted = penalize(logits);
        int best = argmax(adjusted);
        int id = options.isGreedy() ? best : distribution(adjusted, best).draw(random.nextDouble());
        seen.set(id);
        return id;
    }

    /** What {@link #next} would draw from. */
    Distribution distribution(FloatBuffer logits) {
        FloatBuffer adjusted = penalize(logits);
        return distribution(adjusted, argmax(adjusted));
    }

    private Distribution distribution(FloatBuffer adjusted, int best) {
        return new Distribution(adjusted, adjusted.get(best), options);
    }

    /** The id of the largest logit; of equal ones the lowest id. */
    public static int argmax(FloatBuffer logits) {
        if (logits.limit() == 0) {
            throw new IllegalArgumentException("logits: found none, wanted one for each token of the vocabulary");
        }
        // By copies of some at a time, in which the JVM finds the largest with vector instructions.
        float[] part = new float[Math.min(ARGMAX_PART, logits.limit())];
        int best = -1;
        float max = Float.NEGATIVE_INFINITY;
        for (int first = 0; first < logits.limit(); first += part.length) {
            int count = Math.min(part.length, logits.limit() - first);
            logits.get(first, part, 0, count);
            float largest = max(part, count);
            if (best < 0 || !(largest <= max)) {
                best = first + indexOf(part, largest);
                max = largest;
            }
            if (Float.isNaN(largest)) {
                throw new IllegalArgumentException("logits: found NaN at token " + best + ", wanted numbers");
            }
        }
        return best;
    }

    /** NaN where there is one. */
    private static float max(float[] values, int count) {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            max = Math.max(max, values[i]);
        }
        return max;
    }

    private static int indexOf(float[] values, float value) {
        int i = 0;
        while (values[i] != value && !(Float.isNaN(values[i]) && Float.isNaN(value))) {
            i++;
        }
        return i;
    }

    private FloatBuffer penalize(FloatBuffer logits) {
        if (options.repetitionPenalty() == 1) {
            return logits;
        }
        if (penalized.capacity() != logits.limit()) {
            penalized = FloatBuffer.allocate(logits.limit());
        }
        penalized.put(0, logits, 0, logits.limit());
        float penalty = (float) options.repetitionPenalty();
        for (int id = seen.nextSetBit(0); id >= 0 && id < logits.limit(); id = seen.nextSetBit(id + 1)) {
            float logit = logits.get(id);
            penalized.put(id, logit < 0 ? logit * penalty : logit / penalty);
        }
        return penalized;
    }
}
