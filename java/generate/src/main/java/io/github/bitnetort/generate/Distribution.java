package io.github.bitnetort.generate;

import java.nio.FloatBuffer;

/**
 * The tokens that may be chosen, in order of falling logit, equal logits in order of rising id. Probabilities are summed
 * in double in that order (for the whole vocabulary: in order of id) with {@link StrictMath#exp}, so that every machine
 * finds the same ones. The whole vocabulary's sum is estimated first, and computed only where the estimate's error could
 * change the outcome.
 */
final class Distribution {
    private static final double ALL = Double.POSITIVE_INFINITY;

    private final FloatBuffer logits;
    private final double temperature;
    private final float max;
    private final Candidates candidates;
    private int size;

    /** The sum of the weights lies between the two; once it is known, both are it. */
    private double low;

    private double high;

    /** @param max the largest logit */
    Distribution(FloatBuffer logits, float max, SamplingOptions options) {
        this.logits = logits;
        this.temperature = options.temperature();
        this.max = max;
        candidates = new Candidates(logits);
        int vocab = logits.limit();
        size = options.topK() == 0 ? vocab : Math.min(options.topK(), vocab);
        boolean top = options.topP() < 1;
        if (size == vocab && (top || options.minP() == 0)) {
            estimateTotal();
        } else if (size < vocab) {
            cut(ALL, 0);
        }
        if (top) {
            cut(options.topP(), 0);
        }
        if (options.minP() > 0) {
            cut(ALL, options.minP());
        }
    }

    /** How many tokens may be chosen. */
    int size() {
        return size;
    }

    int id(int rank) {
        return candidates.id(rank);
    }

    double probability(int rank) {
        computeTotal();
        return weight(id(rank)) / low;
    }

    /** @param uniform in [0, 1) */
    int draw(double uniform) {
        double sum = 0;
        int id = -1;
        for (int rank = 0; rank < size && compareToShare(sum, uniform) <= 0; rank++) {
            id = id(rank);
            sum += weight(id);
        }
        return id;
    }

    /** Keeps the most likely tokens: as few as reach a share of the total, none below {@code least}. */
    private void cut(double share, double least) {
        double sum = 0;
        int rank = 0;
        while (rank < size && (share == ALL || compareToShare(sum, share) < 0)) {
            double weight = weight(id(rank));
            if (weight < least) {
                break;
            }
            sum += weight;
            rank++;
        }
        size = rank;
        low = sum;
        high = sum;
    }

    private int compareToShare(double sum, double share) {
        if (sum >= share * low && sum <= share * high) {
            computeTotal();
        }
        return Double.compare(sum, share * low);
    }

    private void estimateTotal() {
        double estimate = WeightEstimate.sum(logits, max, temperature);
        low = estimate * (1 - WeightEstimate.RELATIVE_ERROR);
        high = estimate * (1 + WeightEstimate.RELATIVE_ERROR);
        if (!(low < high)) {
            high = Double.NaN; // there is no estimate with infinities
            computeTotal();
        }
    }

    /** Only ever needed while all tokens may be chosen: the sum of fewer is known. */
    private void computeTotal() {
        if (low == high) {
            return;
        }
        double sum = 0;
        for (int id = 0; id < logits.limit(); id++) {
            sum += weight(id);
        }
        low = sum;
        high = sum;
    }

    /** Unnormalized probability: 1 for the most likely token. */
    private double weight(int id) {
        float logit = logits.get(id);
        return logit == max ? 1 : StrictMath.exp(((double) logit - max) / temperature);
    }
}
