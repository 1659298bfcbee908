package io.github.bitnetort.generate;

import java.nio.FloatBuffer;

/**
 * The tokens that may be chosen, in order of falling logit, equal logits in order of rising id. Probabilities are summed
 * in double in that order (for the whole vocabulary: in order of id) with {@link StrictMath#exp}, so that every machine
 * finds the same ones.
 */
final class Distribution {
    private final FloatBuffer logits;
    private final double temperature;
    private final float max;
    private final Candidates candidates;
    private int size;
    private double total;

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
            total = totalInIdOrder();
        } else if (size < vocab) {
            cut(Double.MAX_VALUE, 0);
        }
        if (top) {
            cut(options.topP() * total, 0);
        }
        if (options.minP() > 0) {
            cut(Double.MAX_VALUE, options.minP());
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
        return weight(id(rank)) / total;
    }

    /** @param uniform in [0, 1) */
    int draw(double uniform) {
        double target = uniform * total;
        double sum = 0;
        int id = -1;
        for (int rank = 0; rank < size && sum <= target; rank++) {
            id = id(rank);
            sum += weight(id);
        }
        return id;
    }

    /** Keeps the most likely tokens: as few as reach {@code enough}, none below {@code least}. */
    private void cut(double enough, double least) {
        double sum = 0;
        int rank = 0;
        while (rank < size && sum < enough) {
            double weight = weight(id(rank));
            if (weight < least) {
                break;
            }
            sum += weight;
            rank++;
        }
        size = rank;
        total = sum;
    }

    private double totalInIdOrder() {
        double sum = 0;
        for (int id = 0; id < logits.limit(); id++) {
            sum += weight(id);
        }
        return sum;
    }

    /** Unnormalized probability: 1 for the most likely token. */
    private double weight(int id) {
        float logit = logits.get(id);
        return logit == max ? 1 : StrictMath.exp(((double) logit - max) / temperature);
    }
}
